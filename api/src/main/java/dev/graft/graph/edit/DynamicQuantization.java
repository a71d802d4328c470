package dev.graft.graph.edit;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Role;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weights as 8-bit integers, for a smaller and often faster model to deploy. Matrix products with a
 * weight become integer products of the weight and of an input that is quantised while it runs
 * ({@code DynamicQuantizeLinear}, {@code MatMulInteger}); a convolution's weight is stored in 8
 * bits and made floating again. Each output column or channel has its own scale, zero is zero.
 */
public final class DynamicQuantization {
  private static final int LARGEST = 127;

  private final GraphModel model;
  private final Rewriter rewriter;
  private final Map<String, HostTensor> quantised = new LinkedHashMap<>();

  private DynamicQuantization(GraphModel model) {
    this.model = model;
    this.rewriter = new Rewriter(model.graph()).copyInputs();
  }

  /** The model with 8-bit weights, and the parameters that it still reads. */
  public static GraphModel of(GraphModel model) {
    return new DynamicQuantization(model).rewritten();
  }

  /** The bytes of all parameters of a model. */
  public static long bytes(GraphModel model) {
    return model.parameters().names().stream()
        .mapToLong(n -> model.parameters().get(n).bytes().remaining())
        .sum();
  }

  private GraphModel rewritten() {
    for (Node node : model.graph().nodes()) {
      switch (node.operator().name()) {
        case "MatMul", "Gemm" -> product(node);
        case "Conv" -> convolution(node);
        default -> rewriter.copy(node);
      }
    }
    model.graph().outputs().forEach(o -> rewriter.target().output(rewriter.get(o)));
    Graph rewritten = rewriter.target().build();
    // Drops the weights that nothing reads any more.
    Graph graph = Cut.at(rewritten, rewritten.outputs().toArray(String[]::new));
    ParameterStore all = model.parameters().with(ParameterStore.of(quantised));
    Set<String> read = new HashSet<>();
    graph.inputs(Role.STATE).forEach(i -> read.add(i.name()));
    return new GraphModel(graph, all.filter(read::contains));
  }

  /** A weight that is a parameter itself: 32-bit and, for a product, a matrix. */
  private boolean isWeight(Node node, int rank) {
    String name = node.inputs().get(1);
    return model.parameters().has(name)
        && model.graph().type(name).dtype() == DType.FLOAT32
        && (rank < 0 || model.graph().type(name).rank() == rank);
  }

  private void product(Node node) {
    boolean gemm = node.operator().name().equals("Gemm");
    boolean plain =
        !gemm
            || (node.attributes().i("transA", 0) == 0
                && node.attributes().f("alpha", 1) == 1
                && node.attributes().f("beta", 1) == 1);
    if (!plain || !isWeight(node, 2)) {
      rewriter.copy(node);
      return;
    }
    GraphBuilder g = rewriter.target();
    HostTensor weight = model.parameters().get(node.inputs().get(1));
    boolean transposed = gemm && node.attributes().i("transB", 0) != 0;
    int rows = (int) weight.shape().sizes()[transposed ? 1 : 0];
    int columns = (int) weight.shape().sizes()[transposed ? 0 : 1];
    double[] scales = new double[columns];
    for (int i = 0; i < weight.size(); i++) {
      int column = transposed ? i / rows : i % columns;
      scales[column] = Math.max(scales[column], Math.abs(weight.getDouble(i)) / LARGEST);
    }
    HostTensor integers =
        HostTensor.fromLongs(
            TensorType.of(DType.INT8, rows, columns),
            i -> {
              int row = i / columns;
              int column = i % columns;
              double w = weight.getDouble(transposed ? column * rows + row : i);
              return rounded(w, scales[column]);
            });
    Value w =
        parameter(node.inputs().get(1) + (transposed ? ".transposed" : "") + ".int8", integers);
    List<Value> x =
        g.ops("DynamicQuantizeLinear", Attributes.NONE, 3, rewriter.get(node.inputs().get(0)));
    Value sum = g.op("MatMulInteger", x.get(0), w, x.get(2));
    Value scale = g.constant(HostTensor.of(floats(scales), columns)).mul(x.get(1));
    Value result = sum.cast(DType.FLOAT32).mul(scale);
    if (gemm && node.hasInput(2)) {
      result = result.add(rewriter.get(node.inputs().get(2)));
    }
    rewriter.bindOutputs(node, List.of(result));
  }

  private void convolution(Node node) {
    if (!isWeight(node, -1)) {
      rewriter.copy(node);
      return;
    }
    GraphBuilder g = rewriter.target();
    String name = node.inputs().get(1);
    HostTensor weight = model.parameters().get(name);
    int channels = (int) weight.shape().sizes()[0];
    int each = weight.size() / channels;
    double[] scales = new double[channels];
    for (int i = 0; i < weight.size(); i++) {
      scales[i / each] = Math.max(scales[i / each], Math.abs(weight.getDouble(i)) / LARGEST);
    }
    HostTensor integers =
        HostTensor.fromLongs(
            new TensorType(DType.INT8, weight.shape()),
            i -> rounded(weight.getDouble(i), scales[i / each]));
    Shape shape = weight.shape();
    Value w =
        g.op(
            "DequantizeLinear",
            Attributes.of("axis", 0),
            parameter(name + ".int8", integers),
            g.constant(HostTensor.of(floats(scales), shape.sizes()[0])));
    List<Value> inputs = new ArrayList<>();
    node.inputs().forEach(in -> inputs.add(in.equals(name) ? w : rewriter.get(in)));
    rewriter.bindOutputs(
        node, List.of(g.op("Conv", node.attributes(), inputs.toArray(Value[]::new))));
  }

  private Value parameter(String name, HostTensor integers) {
    return quantised.putIfAbsent(name, integers) == null
        ? rewriter.target().parameter(name, integers.type())
        : rewriter.target().value(name);
  }

  private static long rounded(double w, double scale) {
    return scale == 0 ? 0 : Math.round(w / scale);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
