package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pooling over windows and over whole images, resizing and sampling. */
public final class Pooling {
  private Pooling() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    List<Operator> pools =
        List.of(
            Operator.of("MaxPool", 12, 1, 1, Pooling::maxPool)
                .withOutputs(2)
                .withGradient(2, Pooling::maxPoolGradient),
            Operator.of("AveragePool", 19, 1, 1, Pooling::pool)
                .withGradient(Pooling::averagePoolGradient),
            Operator.of("LpPool", 18, 1, 1, Pooling::pool).withDecomposition(Pooling::lpPool),
            Operator.of("GlobalAveragePool", 1, 1, 1, Pooling::globalPool)
                .withGradient(Pooling::globalAverageGradient),
            Operator.of("GlobalMaxPool", 1, 1, 1, Pooling::globalPool)
                .withDecomposition(n -> Arrays.asList(n.in(0).max(true, spatialAxes(n)))),
            Operator.of("GlobalLpPool", 2, 1, 1, Pooling::globalPool)
                .withDecomposition(Pooling::globalLpPool),
            Operator.of("MaxPoolGradient", Operator.GRAFT, 4, 4, n -> List.of(n.type(1)))
                .withDecomposition(PoolingGradients::maxPool),
            Operator.of(
                    "AveragePoolGradient",
                    Operator.GRAFT,
                    1,
                    1,
                    n -> List.of(n.type(0).withShape(Shapes.attribute(n, "input_shape"))))
                .withDecomposition(PoolingGradients::averagePool));
    return Stream.of(pools, Resizing.rows()).flatMap(List::stream).toList();
  }

  // --- derivatives

  /** dy goes to the element that each maximum was. */
  private static List<@Nullable Value> maxPoolGradient(GradientContext g) {
    Attributes a = resolved(g);
    Value indices = g.y(1);
    if (g.attributes().i("storage_order", 0) == 1) {
      indices = g.builder().ops("MaxPool", a, 2, g.in(0)).get(1);
    }
    return Arrays.asList(g.builder().op("MaxPoolGradient", a, g.dy(), g.in(0), g.y(), indices));
  }

  private static List<@Nullable Value> averagePoolGradient(GradientContext g) {
    Attributes a =
        resolved(g)
            .with("count_include_pad", g.attributes().i("count_include_pad", 0))
            .with("input_shape", g.in(0).shape().sizes());
    return Arrays.asList(g.builder().op("AveragePoolGradient", a, g.dy()));
  }

  /** The window with all defaults filled in, as attributes. */
  private static Attributes resolved(GradientContext g) {
    Window window = window(g.node()).resolved(g.node(), g.in(0).shape());
    return window
        .attributes()
        .with("kernel_shape", window.kernel())
        .with("ceil_mode", window.ceil());
  }

  private static List<@Nullable Value> globalAverageGradient(GradientContext g) {
    long[] sizes = g.in(0).shape().sizes();
    long count = Arrays.stream(sizes, 2, sizes.length).reduce(1, (a, b) -> a * b);
    Value each = g.dy().mul(1.0 / count);
    return Arrays.asList(g.builder().op("Expand", each, g.builder().vector(sizes)));
  }

  // --- decompositions

  /** (sum over the window of |x|^p)^(1/p), the sum as a convolution with ones. */
  private static List<@Nullable Value> lpPool(NodeContext node) {
    double p = node.attributes().i("p", 2);
    Value x = node.in(0);
    Shape y = pool(node).get(0).shape();
    Window window = window(node);
    if (window.isSame() || window.ceil()) {
      window = window.resolved(node, x.shape()).covering(x.shape(), y);
    }
    Value powers = PoolingGradients.channelsAsBatch(power(x, p));
    Value ones =
        x.builder()
            .constant(
                HostTensor.full(
                    new TensorType(x.dtype(), PoolingGradients.kernelShape(window)), 1));
    Value sums = x.builder().op("Conv", window.attributes(), powers, ones);
    return Arrays.asList(root(Sizes.reshape(sums, y.dims(), x), p));
  }

  private static List<@Nullable Value> globalLpPool(NodeContext node) {
    double p = node.attributes().i("p", 2);
    return Arrays.asList(root(power(node.in(0), p).sum(true, spatialAxes(node)), p));
  }

  private static Value power(Value x, double p) {
    Value size = x.builder().op("Abs", x);
    return p == 1 ? size : p == 2 ? x.square() : x.builder().op("Pow", size, size.constant(p));
  }

  private static Value root(Value sum, double p) {
    return p == 1 ? sum : p == 2 ? sum.sqrt() : sum.builder().op("Pow", sum, sum.constant(1 / p));
  }

  private static long[] spatialAxes(NodeContext node) {
    return LongStream.range(2, node.type(0).rank()).toArray();
  }

  // --- types

  private static List<TensorType> maxPool(NodeContext node) {
    TensorType y = pool(node).get(0);
    return List.of(y, y.withDType(DType.INT64));
  }

  private static List<TensorType> pool(NodeContext node) {
    Shape x = node.type(0).shape();
    return List.of(node.type(0).withShape(window(node).outputShape(node, x, x.dim(1))));
  }

  /** The window of a pooling; its kernel sizes are an attribute. */
  static Window window(NodeContext node) {
    long[] kernel = node.attributes().ints("kernel_shape");
    if (kernel == null || kernel.length != node.type(0).rank() - 2) {
      throw node.error(
          "needs the attribute 'kernel_shape' with one size per spatial axis of " + node.type(0));
    }
    return Window.of(node, kernel);
  }

  private static List<TensorType> globalPool(NodeContext node) {
    Shape shape = node.type(0).shape();
    if (shape.rank() < 3) {
      throw node.error("needs an input [batch, channels, ...], but got " + shape);
    }
    for (int i = 2; i < shape.rank(); i++) {
      shape = shape.with(i, Dim.of(1));
    }
    return List.of(node.type(0).withShape(shape));
  }
}
