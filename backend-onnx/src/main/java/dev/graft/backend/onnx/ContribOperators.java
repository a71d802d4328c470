package dev.graft.backend.onnx;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Operators that ONNX Runtime has beyond ONNX's own, as rows of the backend. Their names begin with
 * their domain.
 *
 * <p>Those of the domain {@code com.microsoft.nchwc} work on tensors in blocks of channels: in
 * memory they are {@code [batch, channels / block, height, width, block]}, while their shape says
 * {@code [batch, channels, height, width]} and the number of channels is a multiple of the block.
 */
final class ContribOperators {
  private static final String NCHWC = "com.microsoft.nchwc";

  /** The domains and their versions. */
  static final Map<String, Integer> DOMAINS = Map.of(NCHWC, 1);

  /**
   * Convolution of blocked tensors: input, weights in the kernel's own order, bias, and a tensor
   * that the result is added to; attribute {@code activation} is applied at the end.
   */
  static final Operator CONV =
      Operator.of(NCHWC + ".Conv", Operator.GRAFT, 2, 4, ContribOperators::conv).withoutGradient();

  static final Operator GLOBAL_AVERAGE_POOL =
      Operator.of(
              NCHWC + ".GlobalAveragePool",
              Operator.GRAFT,
              1,
              1,
              n -> List.of(withSpatial(n.type(0), 1, 1)))
          .withoutGradient();

  /** From the plain to the blocked order; channels must be a multiple of the block. */
  static final Operator REORDER_INPUT =
      Operator.of(NCHWC + ".ReorderInput", Operator.GRAFT, 1, 1, n -> List.of(n.type(0)))
          .withoutGradient();

  /** From the blocked to the plain order, keeping the first {@code channels}. */
  static final Operator REORDER_OUTPUT =
      Operator.of(
              NCHWC + ".ReorderOutput",
              Operator.GRAFT,
              1,
              1,
              n ->
                  List.of(
                      n.type(0)
                          .withShape(
                              n.type(0).shape().with(1, Dim.of(n.attributes().i("channels", 0))))))
          .withoutGradient();

  private ContribOperators() {}

  /** Whether an operator is one of these. */
  static boolean has(Operator operator) {
    return operator.name().startsWith(NCHWC + ".");
  }

  /** Adds a node with one output; a null input stands for an absent optional one. */
  static Value apply(
      GraphBuilder g, Operator operator, Attributes attributes, @Nullable Value... inputs) {
    String name = g.unique(operator.name().substring(operator.name().lastIndexOf('.') + 1));
    List<String> names = Arrays.stream(inputs).map(v -> v == null ? "" : v.name()).toList();
    return Objects.requireNonNull(
        g.node(new Node(name, operator, names, List.of(name), attributes)).get(0));
  }

  private static TensorType withSpatial(TensorType x, long height, long width) {
    Shape s = x.shape();
    return x.withShape(new Shape(List.of(s.dim(0), s.dim(1), Dim.of(height), Dim.of(width))));
  }

  private static List<TensorType> conv(NodeContext n) {
    Attributes a = n.attributes();
    long[] kernel = a.ints("kernel_shape", 1, 1);
    long[] strides = a.ints("strides", 1, 1);
    long[] dilations = a.ints("dilations", 1, 1);
    long[] pads = a.ints("pads", 0, 0, 0, 0);
    long[] size = new long[2];
    for (int i = 0; i < 2; i++) {
      long span = dilations[i] * (kernel[i] - 1) + 1;
      long input = n.type(0).shape().dim(i + 2).size() + pads[i] + pads[i + 2];
      size[i] = (input - span) / strides[i] + 1;
    }
    TensorType y = withSpatial(n.type(0), size[0], size[1]);
    return List.of(y.withShape(y.shape().with(1, n.type(1).shape().dim(0))));
  }
}
