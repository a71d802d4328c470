package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.Operator;
import dev.graft.graph.Operators;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Role;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Turns graphs into ONNX models of the pinned opset ({@link Operators#OPSET}). Names and symbolic
 * dimensions are kept. Immutable; the {@code with} methods give changed copies.
 */
public final class OnnxWriter {
  /** The IR version that came with opset 21. */
  private static final int IR_VERSION = 10;

  /** Protobuf messages end at 2 GiB; the rest of the model needs some of it. */
  private static final long INLINE_LIMIT = (1L << 31) - (64L << 20);

  /**
   * The metadata entry that lists, one on each line, the floating initialisers that are constants,
   * so that reading the file back gives the same parameters.
   */
  static final String CONSTANTS_KEY = "graft.constants";

  /** Every state input embedded, no updates, weights beside the model once they pass 2 GB. */
  public static final OnnxWriter STANDARD =
      new OnnxWriter(name -> Placement.EMBEDDED, false, INLINE_LIMIT, Map.of());

  private final Function<String, Placement> placement;
  private final boolean updates;
  private final long inlineLimit;
  private final Map<String, Integer> domains;

  private OnnxWriter(
      Function<String, Placement> placement,
      boolean updates,
      long inlineLimit,
      Map<String, Integer> domains) {
    this.placement = placement;
    this.updates = updates;
    this.inlineLimit = inlineLimit;
    this.domains = domains;
  }

  /** Decides by the name of a state input where it goes. */
  public OnnxWriter withPlacement(Function<String, Placement> byName) {
    return new OnnxWriter(byName, updates, inlineLimit, domains);
  }

  /** Leaves the named state inputs inputs of the model. */
  public OnnxWriter withInputs(Set<String> state) {
    Set<String> copy = Set.copyOf(state);
    return withPlacement(name -> copy.contains(name) ? Placement.INPUT : Placement.EMBEDDED);
  }

  /**
   * Makes the values that replace state inputs ({@link Graph#updates}) outputs of the model too,
   * under their own names, after the graph's outputs; none is listed twice.
   */
  public OnnxWriter withUpdates() {
    return new OnnxWriter(placement, true, inlineLimit, domains);
  }

  /** Writes weights to {@code NAME.onnx.data} if all together are larger than this. */
  public OnnxWriter withInlineLimit(long bytes) {
    return new OnnxWriter(placement, updates, bytes, domains);
  }

  /**
   * Allows operators of other domains, for a runtime that has them: a row called {@code
   * com.microsoft.FusedMatMul} is written as {@code FusedMatMul} of the domain {@code
   * com.microsoft}.
   *
   * @param versions the opset version of each domain
   */
  public OnnxWriter withDomains(Map<String, Integer> versions) {
    return new OnnxWriter(placement, updates, inlineLimit, Map.copyOf(versions));
  }

  private boolean isAllowed(Operator operator) {
    return isWritable(operator) || domains.containsKey(domain(operator));
  }

  /** What stands before the last dot of an operator's name: empty for ONNX's own operators. */
  private static String domain(Operator operator) {
    return operator.name().substring(0, Math.max(0, operator.name().lastIndexOf('.')));
  }

  // --- models

  /**
   * The model of a graph. Its initialisers share the memory of the tensors.
   *
   * @param graph in operators of the pinned opset; see {@link #decompose}
   * @param values of the state inputs that are embedded; others may be absent
   * @throws ModelFormatException naming every node that ONNX's pinned opset does not have
   */
  public ModelProto toProto(Graph graph, ParameterStore values) {
    return toProto(graph, OnnxTensors::encode, values);
  }

  /**
   * The graph with every node decomposed that is not an operator of the pinned opset, as far as
   * operators have decompositions.
   */
  public static Graph decompose(Graph graph) {
    return Rewriter.decompose(graph, (g, node) -> !isWritable(node.operator()));
  }

  /** Whether the pinned opset has the operator, with the meaning that its row has. */
  public static boolean isWritable(Operator operator) {
    return operator.isStandard() && operator.since() <= Operators.OPSET;
  }

  /**
   * Writes a model file, and {@code NAME.data} beside it if the weights are too large for one. Both
   * appear under temporary names and are moved.
   *
   * @throws ModelFormatException naming every node that cannot be written
   */
  public void write(GraphModel model, Path file) throws IOException {
    Graph graph = decompose(model.graph());
    long bytes =
        graph.inputs(Role.STATE).stream().mapToLong(OnnxWriter::bytes).sum()
            + graph.constants().values().stream().mapToLong(t -> t.bytes().remaining()).sum();
    if (bytes <= inlineLimit) {
      ModelProto proto = toProto(graph, model.parameters());
      AtomicFiles.write(file, proto::writeTo);
      return;
    }
    Path data = file.resolveSibling(file.getFileName() + ".data");
    try (ExternalDataFile external = new ExternalDataFile(data)) {
      ModelProto proto = toProto(graph, external::encode, model.parameters());
      external.commit();
      AtomicFiles.write(file, proto::writeTo);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static long bytes(GraphInput state) {
    TensorType type = state.type();
    return type.shape().elements() * type.dtype().bytes();
  }

  /** Puts a tensor into the model, or elsewhere. */
  @FunctionalInterface
  interface Encoder {
    TensorProto encode(String name, HostTensor tensor);
  }

  private ModelProto toProto(Graph graph, Encoder encoder, ParameterStore values) {
    checkWritable(graph);
    GraphProto.Builder proto = GraphProto.newBuilder().setName("graft");
    for (GraphInput input : graph.inputs()) {
      Placement place =
          input.role() == Role.STATE ? placement.apply(input.name()) : Placement.INPUT;
      switch (place) {
        case INPUT -> proto.addInput(valueInfo(input.name(), input.type()));
        case EMBEDDED ->
            proto.addInitializer(encoder.encode(input.name(), values.get(input.name())));
        case EXTERNAL -> proto.addInitializer(absent(input));
      }
    }
    graph.constants().forEach((name, t) -> proto.addInitializer(encoder.encode(name, t)));
    for (Node node : graph.nodes()) {
      proto.addNode(node(node));
    }
    Set<String> outputs = new LinkedHashSet<>(graph.outputs());
    if (updates) {
      outputs.addAll(graph.updates().values());
    }
    outputs.forEach(name -> proto.addOutput(valueInfo(name, graph.type(name))));
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("graft")
            .setProducerVersion(version())
            .addOpsetImport(opset("", Operators.OPSET));
    new TreeMap<>(domains).forEach((name, version) -> model.addOpsetImport(opset(name, version)));
    String constants =
        graph.constants().entrySet().stream()
            .filter(c -> c.getValue().dtype().isFloating())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining("\n"));
    return model.addMetadataProps(entry(CONSTANTS_KEY, constants)).setGraph(proto).build();
  }

  private static OperatorSetIdProto opset(String domain, int version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  /** The version of this library, as its jar states it. */
  static String version() {
    String version = OnnxWriter.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private void checkWritable(Graph graph) {
    List<String> refused =
        graph.nodes().stream().filter(n -> !isAllowed(n.operator())).map(Node::describe).toList();
    if (!refused.isEmpty()) {
      Set<String> operators =
          graph.nodes().stream()
              .map(Node::operator)
              .filter(o -> !isAllowed(o))
              .map(Operator::name)
              .collect(Collectors.toCollection(TreeSet::new));
      throw new ModelFormatException(
          "ONNX opset "
              + Operators.OPSET
              + " does not have "
              + String.join(", ", operators)
              + ", used by "
              + String.join(", ", refused)
              + "; replace them by their decompositions first");
    }
  }

  // --- parts

  private static TensorProto absent(GraphInput input) {
    return OnnxTensors.header(input.name(), input.type())
        .setDataLocation(DataLocation.EXTERNAL)
        .addExternalData(entry("location", "given-by-the-loader"))
        .addExternalData(entry("offset", "0"))
        .addExternalData(entry("length", Long.toString(bytes(input))))
        .build();
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static ValueInfoProto valueInfo(String name, TensorType type) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Dim d : type.shape().dims()) {
      if (d.isFixed()) {
        shape.addDimBuilder().setDimValue(d.size());
      } else {
        shape.addDimBuilder().setDimParam(d.toString());
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(OnnxTypes.number(type.dtype()))
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static NodeProto node(Node node) {
    String domain = domain(node.operator());
    NodeProto.Builder proto =
        NodeProto.newBuilder()
            .setName(node.name())
            .setDomain(domain)
            .setOpType(node.operator().name().substring(domain.isEmpty() ? 0 : domain.length() + 1))
            .addAllInput(node.inputs())
            .addAllOutput(node.outputs());
    // Sorted, so that equal graphs give equal files.
    for (String name : new TreeSet<>(node.attributes().names())) {
      proto.addAttribute(attribute(node, name));
    }
    return proto.build();
  }

  private static AttributeProto attribute(Node node, String name) {
    Attributes attributes = node.attributes();
    Object value = attributes.get(name);
    AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
    if (value instanceof Long i) {
      proto.setType(AttributeType.INT).setI(i);
    } else if (value instanceof Double f) {
      proto.setType(AttributeType.FLOAT).setF(f.floatValue());
    } else if (value instanceof String s && OnnxTypes.isDTypeAttribute(name)) {
      proto.setType(AttributeType.INT).setI(OnnxTypes.number(DType.valueOf(s)));
    } else if (value instanceof String s) {
      proto.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(s));
    } else if (value instanceof HostTensor t) {
      proto.setType(AttributeType.TENSOR).setT(OnnxTensors.encode("", t));
    } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Double) {
      proto.setType(AttributeType.FLOATS);
      list.forEach(v -> proto.addFloats(((Double) v).floatValue()));
    } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof String) {
      proto.setType(AttributeType.STRINGS);
      list.forEach(v -> proto.addStrings(ByteString.copyFromUtf8((String) v)));
    } else if (value instanceof List<?> list) {
      proto.setType(AttributeType.INTS);
      list.forEach(v -> proto.addInts((Long) v));
    } else {
      throw new ModelFormatException(
          "attribute '" + name + "' of " + node.describe() + " has no ONNX form: " + value);
    }
    return proto.build();
  }
}
