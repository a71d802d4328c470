package dev.graft.graph;

import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Evaluates integer scalars and vectors while a graph is being built, with symbols for sizes that
 * are not known yet: the arithmetic on shapes that exporters leave in a graph.
 */
final class ShapeArithmetic {
  /** Longer vectors are data, not shapes. */
  private static final int LONGEST = 64;

  private ShapeArithmetic() {}

  static Optional<List<Dim>> ofConstant(HostTensor t) {
    boolean integer = t.dtype() == DType.INT64 || t.dtype() == DType.INT32;
    return integer && t.shape().rank() <= 1 && t.size() <= LONGEST
        ? Optional.of(Arrays.stream(t.toLongs()).mapToObj(Dim::of).toList())
        : Optional.empty();
  }

  /** What is known of the first output of a node, whose type has been inferred. */
  static Optional<List<Dim>> infer(NodeContext node, TensorType output) {
    return Optional.empty();
  }
}
