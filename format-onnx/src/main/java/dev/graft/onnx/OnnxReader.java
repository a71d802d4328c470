package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Rewriter;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.onnx.FunctionInliner.SourceNode;
import dev.graft.onnx.ParameterRule.Use;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads ONNX models of opsets 1 to 28 into graphs of the pinned opset.
 *
 * <p>Names of values and nodes are kept. Floating initialisers become parameters unless their place
 * says that they are settings (see {@code ParameterRule}); integers, {@code Constant} nodes and
 * what can be computed from them become constants. Calls of local functions are inlined. Sizes that
 * the file names stay symbols under that name; unnamed ones get a symbol of their own.
 */
public final class OnnxReader {
  private final ModelProto model;
  private final String source;
  private final ExternalData external;
  private final Map<String, HostTensor> fixed;
  private final Map<String, List<Use>> uses = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private final Problems problems = new Problems();

  private OnnxReader(
      ModelProto model, String source, ExternalData external, Map<String, HostTensor> fixed) {
    this.model = model;
    this.source = source;
    this.external = external;
    this.fixed = fixed;
  }

  /** Reads a model file. */
  public static GraphModel read(Path file) throws IOException {
    return read(file, Map.of());
  }

  /**
   * Reads a model file with some of its inputs fixed to values, which become constants: for files
   * that take shapes, axes or scales as inputs.
   *
   * @throws ModelFormatException if the file is no ONNX model or is damaged, or names all nodes
   *     that cannot be imported
   */
  public static GraphModel read(Path file, Map<String, HostTensor> fixed) throws IOException {
    ModelProto proto = ModelFile.parse(file);
    return new OnnxReader(proto, file.toString(), ExternalData.beside(file), fixed).read();
  }

  /** Reads a model that is in memory and has all of its data inside. */
  public static GraphModel read(ModelProto model) {
    try {
      return new OnnxReader(model, "the model", ExternalData.REFUSED, Map.of()).read();
    } catch (IOException e) {
      throw new ModelFormatException("the model cannot be read", e);
    }
  }

  private GraphModel read() throws IOException {
    int opset = FunctionInliner.opset(model.getOpsetImportList());
    if (opset > OpsetAdapters.NEWEST) {
      throw new ModelFormatException(
          source
              + " has opset "
              + opset
              + "; the newest that this version reads is "
              + OpsetAdapters.NEWEST
              + ". Export it with an older opset");
    }
    GraphProto graph = model.getGraph();
    FunctionInliner functions = new FunctionInliner(model);
    List<SourceNode> nodes =
        NodeOrder.sorted(functions.inline(graph.getNodeList(), opset), problems);
    nodes.forEach(n -> collectUses(n.proto()));
    graph.getOutputList().forEach(o -> use(o.getName(), new Use("output", 0)));
    lookThroughIdentities(nodes);
    graph.getInputList().forEach(i -> names.add(i.getName()));
    graph.getInitializerList().forEach(t -> names.add(t.getName()));
    GraphImport target =
        new GraphImport(uses, names, ParameterRule.of(model), functions, external, problems);
    addInputs(graph, target);
    addInitializers(graph, target);
    for (SourceNode node : nodes) {
      target.add(node);
    }
    addOutputs(graph, target);
    problems.throwIfAny(source);
    try {
      return new GraphModel(fold(target.builder.build()), ParameterStore.of(target.parameters));
    } catch (GraphException e) {
      throw new ModelFormatException(source + " cannot be imported: " + e.getMessage(), e);
    }
  }

  /** Computes the shape arithmetic that is known already; all other names stay. */
  private static Graph fold(Graph graph) {
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    GraphBuilder target = rewriter.target();
    for (Node node : graph.nodes()) {
      rewriter.copy(node);
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !graph.outputs().contains(output)) {
          target
              .knownOf(rewriter.get(output).name())
              .ifPresent(known -> rewriter.bind(output, target.constant(known)));
        }
      }
    }
    return Rewriter.prune(rewriter.finish());
  }

  // --- uses

  private void collectUses(NodeProto node) {
    for (int i = 0; i < node.getInputCount(); i++) {
      use(node.getInput(i), new Use(node.getOpType(), i));
    }
    names.addAll(node.getInputList());
    names.addAll(node.getOutputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        attribute.getG().getNodeList().forEach(this::collectUses);
        attribute.getG().getOutputList().forEach(o -> use(o.getName(), new Use("output", 0)));
      }
    }
  }

  private void use(String value, Use use) {
    if (!value.isEmpty()) {
      uses.computeIfAbsent(value, v -> new ArrayList<>()).add(use);
    }
  }

  /** Adds to the uses of a value those of the values that are the same by {@code Identity}. */
  private void lookThroughIdentities(List<SourceNode> nodes) {
    for (int i = nodes.size() - 1; i >= 0; i--) {
      NodeProto node = nodes.get(i).proto();
      if (node.getOpType().equals("Identity") && node.getInputCount() == 1) {
        List<Use> through = uses.getOrDefault(node.getOutput(0), List.of());
        List<Use> direct = uses.getOrDefault(node.getInput(0), new ArrayList<>());
        direct.remove(new Use("Identity", 0));
        direct.addAll(List.copyOf(through));
      }
    }
  }

  // --- inputs and outputs

  private void addInputs(GraphProto graph, GraphImport target) {
    Set<String> initialised = new HashSet<>();
    graph.getInitializerList().forEach(t -> initialised.add(t.getName()));
    graph.getSparseInitializerList().forEach(t -> initialised.add(t.getValues().getName()));
    for (ValueInfoProto input : graph.getInputList()) {
      String name = input.getName();
      if (fixed.containsKey(name)) {
        target.constant(name, fixed.get(name));
      } else if (!initialised.contains(name)) {
        // Before IR version 4 every initialiser had to be listed as an input, too.
        try {
          target.builder.input(name, type(input));
        } catch (ModelFormatException e) {
          problems.add(e.getMessage(), name);
          target.fail(name);
        }
      }
    }
  }

  private static TensorType type(ValueInfoProto input) {
    String name = input.getName();
    if (input.getType().getValueCase() != TypeProto.ValueCase.TENSOR_TYPE) {
      throw new ModelFormatException("input '" + name + "' is not a tensor");
    }
    TypeProto.Tensor tensor = input.getType().getTensorType();
    DType dtype =
        OnnxTypes.dtype(tensor.getElemType())
            .orElseThrow(
                () ->
                    new ModelFormatException(
                        "input '"
                            + name
                            + "' has the element type "
                            + OnnxTypes.describe(tensor.getElemType())
                            + ", which Graft does not have"));
    if (!tensor.hasShape()) {
      throw new ModelFormatException(
          "input '" + name + "' has no shape; export the model with the rank of its inputs");
    }
    List<Dim> dims = new ArrayList<>();
    for (TensorShapeProto.Dimension dim : tensor.getShape().getDimList()) {
      boolean known = dim.hasDimValue() && dim.getDimValue() >= 0;
      boolean named = dim.hasDimParam() && !dim.getDimParam().isBlank();
      dims.add(
          known
              ? Dim.of(dim.getDimValue())
              : Dim.symbol(named ? dim.getDimParam() : name + "_dim" + dims.size()));
    }
    return new TensorType(dtype, new Shape(dims));
  }

  private void addInitializers(GraphProto graph, GraphImport target) throws IOException {
    for (TensorProto proto : graph.getInitializerList()) {
      try {
        target.initializer(proto);
      } catch (ModelFormatException e) {
        problems.add(e.getMessage(), proto.getName());
        target.fail(proto.getName());
      }
    }
    for (SparseTensorProto proto : graph.getSparseInitializerList()) {
      String name = proto.getValues().getName();
      target.initializer(
          name, SparseTensors.decode(proto, "sparse initialiser '" + name + "'", external));
    }
  }

  private void addOutputs(GraphProto graph, GraphImport target) {
    for (ValueInfoProto output : graph.getOutputList()) {
      String name = output.getName();
      if (!target.hasFailed(name)) {
        try {
          target.builder.output(target.value(name));
        } catch (RuntimeException e) {
          problems.add("no node gives the output of the model", name);
        }
      }
    }
  }
}
