package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The axes of one reduction, as its derivative and decomposition need them.
 *
 * @param input the shape that is reduced
 * @param axes counted from the front, ascending
 * @param kept whether the node's output has the axes as size 1
 */
record Axes(Shape input, long[] axes, boolean kept) {

  /** The axes of a node of the reduction family; they must be known. */
  static Axes of(NodeContext n) {
    boolean[] reduced =
        reduced(n).orElseThrow(() -> n.error("needs axes that are known when the graph is built"));
    long[] axes =
        IntStream.range(0, reduced.length).filter(i -> reduced[i]).mapToLong(i -> i).toArray();
    return new Axes(n.type(0).shape(), axes, n.attributes().i("keepdims", 1) != 0);
  }

  /** For each axis whether it is reduced; empty if only running the node tells. */
  static Optional<boolean[]> reduced(NodeContext n) {
    Shape shape = n.type(0).shape();
    boolean[] reduced = new boolean[shape.rank()];
    boolean given = n.has(1) && !n.type(1).shape().dim(0).is(0);
    if (!given) {
      Arrays.fill(reduced, n.attributes().i("noop_with_empty_axes", 0) == 0);
      return Optional.of(reduced);
    }
    Optional<long[]> axes = n.axes(1);
    axes.ifPresent(a -> Arrays.stream(a).forEach(axis -> reduced[shape.axis(axis)] = true));
    return axes.map(a -> reduced);
  }

  /** The number of elements that one result is made of; the shape must be fixed. */
  long count() {
    return Arrays.stream(axes).map(a -> input.dim((int) a).size()).reduce(1, (a, b) -> a * b);
  }

  /** A value of the output's shape with the reduced axes put back as size 1. */
  Value keep(Value v) {
    return kept || axes.length == 0 ? v : v.unsqueeze(axes);
  }

  /** A value with the reduced axes as size 1, in the output's shape. */
  Value drop(Value v) {
    return kept || axes.length == 0 ? v : v.squeeze(axes);
  }

  Value sum(Value v) {
    return reduce("ReduceSum", v);
  }

  /** Reduces a value of the input's shape, keeping the axes as size 1. */
  Value reduce(String operator, Value v) {
    return axes.length == 0 ? v : v.reduce(operator, true, axes);
  }
}
