package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.stream.Stream;

/** Pooling over windows and over whole images, resizing and sampling. */
public final class Pooling {
  private Pooling() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    List<Operator> pools =
        List.of(
            Operator.of("MaxPool", 12, 1, 1, Pooling::maxPool).withOutputs(2),
            Operator.of("AveragePool", 19, 1, 1, Pooling::pool),
            Operator.of("LpPool", 18, 1, 1, Pooling::pool),
            Operator.of("GlobalAveragePool", 1, 1, 1, Pooling::globalPool),
            Operator.of("GlobalMaxPool", 1, 1, 1, Pooling::globalPool),
            Operator.of("GlobalLpPool", 2, 1, 1, Pooling::globalPool),
            Operator.of("MaxPoolGradient", Operator.GRAFT, 4, 4, n -> List.of(n.type(1))),
            Operator.of(
                "AveragePoolGradient",
                Operator.GRAFT,
                1,
                1,
                n -> List.of(n.type(0).withShape(Shapes.attribute(n, "input_shape")))));
    return Stream.of(pools, Resizing.rows()).flatMap(List::stream).toList();
  }

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
