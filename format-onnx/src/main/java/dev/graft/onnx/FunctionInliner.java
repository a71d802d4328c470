package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.graft.model.ModelFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Replaces calls of a model's local functions by their bodies. Inner names are prefixed with the
 * name of the call, so that node names still say where a node belongs.
 */
final class FunctionInliner {
  /** Deeper nesting is taken for recursion, which ONNX forbids. */
  private static final int DEEPEST = 64;

  private final Map<String, FunctionProto> functions = new HashMap<>();

  /** A node with the opset of the model or function it was written in. */
  record SourceNode(NodeProto proto, int opset) {}

  FunctionInliner(ModelProto model) {
    for (FunctionProto function : model.getFunctionsList()) {
      functions.put(
          key(function.getDomain(), function.getName(), function.getOverload()), function);
    }
  }

  /**
   * The nodes without calls of local functions, in their order.
   *
   * @param opset of the graph that the nodes stand in
   */
  List<SourceNode> inline(List<NodeProto> nodes, int opset) {
    List<SourceNode> flat = new ArrayList<>();
    for (NodeProto node : nodes) {
      add(node, opset, 0, flat);
    }
    return flat;
  }

  /** The version of the standard operators; 0 if none is imported. */
  static int opset(List<OperatorSetIdProto> imports) {
    return imports.stream()
        .filter(i -> isStandard(i.getDomain()))
        .mapToInt(i -> (int) Math.min(i.getVersion(), Integer.MAX_VALUE))
        .findFirst()
        .orElse(0);
  }

  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private static String key(String domain, String name, String overload) {
    return (isStandard(domain) ? "" : domain) + ':' + name + ':' + overload;
  }

  private void add(NodeProto node, int opset, int depth, List<SourceNode> flat) {
    FunctionProto function =
        functions.get(key(node.getDomain(), node.getOpType(), node.getOverload()));
    if (function == null) {
      flat.add(new SourceNode(node, opset));
      return;
    }
    if (depth > DEEPEST) {
      throw new ModelFormatException("function '" + node.getOpType() + "' calls itself");
    }
    String call = OnnxNode.name(node);
    Map<String, String> actual = new HashMap<>();
    for (int i = 0; i < function.getInputCount(); i++) {
      actual.put(function.getInput(i), i < node.getInputCount() ? node.getInput(i) : "");
    }
    List<String> passedThrough = new ArrayList<>();
    for (int i = 0; i < Math.min(function.getOutputCount(), node.getOutputCount()); i++) {
      if (node.getOutput(i).isEmpty()) {
        continue;
      }
      // An output that is an input, or is listed twice, needs a node of its own.
      if (actual.putIfAbsent(function.getOutput(i), node.getOutput(i)) != null) {
        passedThrough.add(function.getOutput(i));
        passedThrough.add(node.getOutput(i));
      }
    }
    UnaryOperator<String> rename =
        name -> name.isEmpty() ? "" : actual.computeIfAbsent(name, n -> call + "/" + n);
    Map<String, AttributeProto> arguments = new HashMap<>();
    function.getAttributeProtoList().forEach(a -> arguments.put(a.getName(), a));
    node.getAttributeList().forEach(a -> arguments.put(a.getName(), a));
    int inner = opset(function.getOpsetImportList());
    for (NodeProto body : function.getNodeList()) {
      NodeProto.Builder copy = rewrite(body, rename, arguments);
      copy.setName(call + "/" + OnnxNode.name(body));
      add(copy.build(), inner == 0 ? opset : inner, depth + 1, flat);
    }
    for (int i = 0; i < passedThrough.size(); i += 2) {
      add(
          NodeProto.newBuilder()
              .setOpType("Identity")
              .setName(call + "/" + passedThrough.get(i))
              .addInput(rename.apply(passedThrough.get(i)))
              .addOutput(passedThrough.get(i + 1))
              .build(),
          opset,
          depth + 1,
          flat);
    }
  }

  private static NodeProto.Builder rewrite(
      NodeProto node, UnaryOperator<String> rename, Map<String, AttributeProto> arguments) {
    NodeProto.Builder copy = node.toBuilder().clearInput().clearOutput().clearAttribute();
    node.getInputList().forEach(i -> copy.addInput(rename.apply(i)));
    node.getOutputList().forEach(o -> copy.addOutput(rename.apply(o)));
    for (AttributeProto attribute : node.getAttributeList()) {
      if (!attribute.getRefAttrName().isEmpty()) {
        AttributeProto argument = arguments.get(attribute.getRefAttrName());
        if (argument != null) {
          copy.addAttribute(argument.toBuilder().setName(attribute.getName()));
        }
      } else if (attribute.hasG()) {
        copy.addAttribute(attribute.toBuilder().setG(rewrite(attribute.getG(), rename, arguments)));
      } else {
        copy.addAttribute(attribute);
      }
    }
    return copy;
  }

  private static GraphProto rewrite(
      GraphProto graph, UnaryOperator<String> rename, Map<String, AttributeProto> arguments) {
    GraphProto.Builder copy = graph.toBuilder();
    copy.getInitializerBuilderList().forEach(t -> t.setName(rename.apply(t.getName())));
    copy.getInputBuilderList().forEach(v -> v.setName(rename.apply(v.getName())));
    copy.getOutputBuilderList().forEach(v -> v.setName(rename.apply(v.getName())));
    copy.clearNode();
    graph.getNodeList().forEach(n -> copy.addNode(rewrite(n, rename, arguments)));
    return copy.build();
  }
}
