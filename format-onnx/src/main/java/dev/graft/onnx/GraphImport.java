package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Node;
import dev.graft.graph.Operators;
import dev.graft.graph.Role;
import dev.graft.graph.Value;
import dev.graft.model.ModelFormatException;
import dev.graft.onnx.FunctionInliner.SourceNode;
import dev.graft.onnx.ParameterRule.Use;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Adds the nodes of a file to a graph, one after the other. Known values stay aside until something
 * reads them. A node that cannot be imported is noted, and what depends on it is only checked.
 */
final class GraphImport implements OpsetAdapters.Target {
  final GraphBuilder builder = new GraphBuilder();
  final Map<String, HostTensor> parameters = new LinkedHashMap<>();
  private final Map<String, HostTensor> weights = new HashMap<>();
  private final Map<String, HostTensor> constants = new HashMap<>();
  private final Set<String> failed = new HashSet<>();
  private final Map<String, List<Use>> uses;
  private final Set<String> names;
  private final ParameterRule rule;
  private final FunctionInliner functions;
  private final ExternalData external;
  private final Problems problems;

  /**
   * @param uses what reads each value, with {@code Identity} nodes looked through
   * @param rule tells parameters from constants
   * @param functions of the model, for the branches that calls stand in
   * @param names of all values of the file, which new ones must not take
   */
  GraphImport(
      Map<String, List<Use>> uses,
      Set<String> names,
      ParameterRule rule,
      FunctionInliner functions,
      ExternalData external,
      Problems problems) {
    this.uses = uses;
    this.names = new HashSet<>(names);
    this.rule = rule;
    this.functions = functions;
    this.external = external;
    this.problems = problems;
  }

  // --- values

  void constant(String name, HostTensor tensor) {
    constants.put(name, tensor);
  }

  void parameter(String name, HostTensor tensor) {
    weights.put(name, tensor);
  }

  /** An initialiser; one that nothing reads may be of any type. */
  void initializer(TensorProto proto) throws IOException {
    if (uses.containsKey(proto.getName())) {
      initializer(
          proto.getName(),
          OnnxTensors.decode(proto, "initialiser '" + proto.getName() + "'", external));
    }
  }

  void initializer(String name, HostTensor tensor) {
    List<Use> readers = uses.getOrDefault(name, List.of());
    if (rule.isParameter(name, tensor, readers)) {
      parameter(name, tensor);
    } else {
      constant(name, tensor);
    }
  }

  /** Marks a value as one that could not be made. */
  void fail(String value) {
    failed.add(value);
  }

  boolean hasFailed(String value) {
    return failed.contains(value);
  }

  /** Makes a value readable by nodes of the graph. */
  Value value(String name) {
    if (builder.has(name)) {
      return builder.value(name);
    }
    HostTensor constant = constants.get(name);
    if (constant != null) {
      return builder.constant(name, constant);
    }
    HostTensor weight = weights.get(name);
    if (weight != null) {
      parameters.put(name, weight);
      return builder.input(name, weight.type(), Role.STATE);
    }
    return builder.value(name);
  }

  @Override
  public TensorType type(String value) {
    return value(value).type();
  }

  @Override
  public Optional<HostTensor> constantOf(String value) {
    HostTensor constant = constants.get(value);
    return constant != null || !builder.has(value)
        ? Optional.ofNullable(constant)
        : builder.knownOf(value);
  }

  @Override
  public boolean isRead(String value) {
    return !value.isEmpty() && uses.containsKey(value);
  }

  @Override
  public String constant(OnnxNode node, String suffix, HostTensor tensor) {
    String name = unique(node.name + "/" + suffix);
    constants.put(name, tensor);
    return name;
  }

  @Override
  public String emit(
      OnnxNode node, String suffix, String operator, Attributes attributes, String... inputs) {
    String name = unique(node.name + "/" + suffix);
    build(name, operator, List.of(inputs), List.of(name), attributes);
    return name;
  }

  private String unique(String stem) {
    String name = stem;
    for (int i = 1; builder.has(name) || !names.add(name); i++) {
      name = stem + "_" + i;
    }
    return name;
  }

  // --- nodes

  void add(SourceNode source) throws IOException {
    NodeProto proto = source.proto();
    Optional<String> refusal = refusal(source);
    if (refusal.isPresent()) {
      problems.add(refusal.get(), OnnxNode.name(proto));
      failed.addAll(proto.getOutputList());
      return;
    }
    if (proto.getInputList().stream().anyMatch(failed::contains)) {
      failed.addAll(proto.getOutputList());
      return;
    }
    try {
      if (proto.getOpType().equals("If")) {
        branch(source);
      } else {
        OnnxNode node = OnnxNode.of(proto, source.opset(), external);
        if (node.operator.equals("Constant")) {
          constantNode(node);
        } else {
          add(node);
        }
      }
    } catch (GraphException
        | ModelFormatException
        | IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      problems.add(wording(proto, e), OnnxNode.name(proto));
      failed.addAll(proto.getOutputList());
    }
  }

  private static String wording(NodeProto proto, RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith(proto.getOpType()) ? message : proto.getOpType() + ": " + message;
  }

  /** Why the operator itself cannot be imported, whatever its inputs. */
  private Optional<String> refusal(SourceNode source) {
    NodeProto proto = source.proto();
    String operator = proto.getOpType();
    if (!FunctionInliner.isStandard(proto.getDomain())) {
      return Optional.of(
          proto.getDomain().equals("com.microsoft")
              ? "com.microsoft."
                  + operator
                  + " is made by ONNX Runtime's optimiser; import the file before optimisation"
              : proto.getDomain() + "." + operator + " is not a standard operator");
    }
    if (operator.equals("Constant")) {
      return Optional.empty();
    }
    if (operator.equals("If")) {
      String condition = proto.getInputCount() > 0 ? proto.getInput(0) : "";
      return failed.contains(condition) || constantOf(condition).isPresent()
          ? Optional.empty()
          : Optional.of("If has a condition that is known only at run time");
    }
    if (operator.equals("Loop") || operator.equals("Scan")) {
      return Optional.of(operator + " is control flow, which graphs do not have");
    }
    if (source.opset() == 0) {
      return Optional.of("the file does not say which opset its standard operators have");
    }
    if (!OpsetAdapters.reads(operator)) {
      return Optional.of(operator + " is not an operator that Graft has");
    }
    return OpsetAdapters.refusal(operator, source.opset());
  }

  private void constantNode(OnnxNode node) {
    String output = node.outputs.get(0);
    HostTensor tensor = ConstantNodes.value(node);
    if (ParameterRule.isParameter(tensor, uses.getOrDefault(output, List.of()))) {
      parameter(output, tensor);
    } else {
      constant(output, tensor);
    }
  }

  private void add(OnnxNode node) {
    OpsetAdapters.apply(node, this);
    if (node.operator.equals("Identity") && isChanceTie(node)) {
      parameter(node.outputs.get(0), weights.get(node.inputs.get(0)));
      return;
    }
    build(node.name, node.operator, node.inputs, node.outputs, node.attributes());
  }

  /**
   * PyTorch's older exporter writes parameters of equal values once and refers to them by {@code
   * Identity}, tied or not. Vectors of ones and zeros are equal because they were initialised so:
   * each gets back a parameter of its own. Anything else that is equal is taken for tied.
   */
  private boolean isChanceTie(OnnxNode node) {
    HostTensor tensor = weights.get(node.inputs.get(0));
    return tensor != null
        && tensor.shape().rank() == 1
        && tensor.size() > 1
        && ParameterRule.isUniform(tensor);
  }

  private void build(
      String name,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Attributes attributes) {
    inputs.stream()
        .filter(i -> constants.containsKey(i) || weights.containsKey(i))
        .forEach(this::value);
    builder.node(new Node(name, Operators.get(operator), inputs, outputs, attributes));
  }

  // --- branches

  /** Adds the branch that a known condition chooses. */
  private void branch(SourceNode source) throws IOException {
    NodeProto node = source.proto();
    HostTensor condition = constantOf(node.getInput(0)).orElseThrow();
    if (condition.dtype() != DType.BOOL || condition.size() != 1) {
      throw new ModelFormatException("If has the condition " + condition);
    }
    String chosen = condition.getLong(0) != 0 ? "then_branch" : "else_branch";
    GraphProto branch =
        node.getAttributeList().stream()
            .filter(a -> a.getName().equals(chosen))
            .map(AttributeProto::getG)
            .findFirst()
            .orElseThrow(() -> new ModelFormatException("If has no " + chosen));
    for (TensorProto proto : branch.getInitializerList()) {
      initializer(proto);
    }
    for (SourceNode inner : functions.inline(branch.getNodeList(), source.opset())) {
      add(inner);
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      String output = node.getOutput(i);
      String result = branch.getOutput(i).getName();
      if (failed.contains(result)) {
        failed.add(output);
      } else if (!output.isEmpty()) {
        Optional<HostTensor> known = constantOf(result);
        if (known.isPresent()) {
          constant(output, known.get());
        } else {
          build(output, "Identity", List.of(result), List.of(output), Attributes.NONE);
        }
      }
    }
  }
}
