package dev.graft.graph.ops;

import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Padding with a constant, or with elements of the tensor itself. */
final class Padding {
  private Padding() {}

  static List<Operator> rows() {
    return List.of(Operator.of("Pad", 21, 2, 4, Padding::pad).withGradient(Padding::padGradient));
  }

  /** Padding of one axis; negative amounts cut elements off. */
  private record Amount(int axis, long before, long after) {}

  private static List<Amount> amounts(NodeContext node) {
    long[] pads = node.longs(1).orElseThrow(() -> node.error("needs constant pads"));
    List<Integer> axes = padAxes(node);
    return IntStream.range(0, axes.size())
        .mapToObj(i -> new Amount(axes.get(i), pads[i], pads[i + axes.size()]))
        .filter(a -> a.before() != 0 || a.after() != 0)
        .toList();
  }

  private static String mode(NodeContext node) {
    return node.attributes().s("mode", "constant");
  }

  private static List<@Nullable Value> padGradient(GradientContext g) {
    Value dx = g.dy();
    for (Amount amount : amounts(g.node())) {
      dx =
          mode(g.node()).equals("constant")
              ? cut(dx, amount)
              : foldBack(dx, amount, g.in(0).shape(), mode(g.node()));
    }
    @Nullable Value dFill = null;
    if (g.needs(2)) {
      // The constant fills whatever does not come from the input.
      dFill = g.dy().sum(false).sub(dx.sum(false)).reshape(g.in(2).shape().sizes());
    }
    return Arrays.asList(dx, null, dFill);
  }

  private static Value cut(Value dy, Amount a) {
    Value inner = dy;
    if (a.before() > 0 || a.after() > 0) {
      long size = dy.shape().dim(a.axis()).size();
      inner = dy.slice(a.axis(), Math.max(0, a.before()), size - Math.max(0, a.after()));
    }
    if (a.before() >= 0 && a.after() >= 0) {
      return inner;
    }
    long[] pads = new long[2 * dy.rank()];
    pads[a.axis()] = Math.max(0, -a.before());
    pads[a.axis() + dy.rank()] = Math.max(0, -a.after());
    return dy.builder().op("Pad", inner, dy.builder().vector(pads));
  }

  /** Adds the gradients of the copies to those of the elements they were copied from. */
  private static Value foldBack(Value dy, Amount a, Shape input, String mode) {
    long size = input.dim(a.axis()).size();
    long[] sources = sources(a, size, mode);
    return Indexing.gatherGradient(
        dy, dy.builder().vector(sources), a.axis(), dy.shape().with(a.axis(), Dim.of(size)));
  }

  /** For each index of the padded axis, the index of the input that it copies. */
  private static long[] sources(Amount a, long size, String mode) {
    long[] sources = new long[Math.toIntExact(a.before() + size + a.after())];
    for (int i = 0; i < sources.length; i++) {
      long at = i - a.before();
      sources[i] =
          switch (mode) {
            case "edge" -> Math.max(0, Math.min(size - 1, at));
            case "wrap" -> Math.floorMod(at, size);
            default -> reflected(at, size);
          };
    }
    return sources;
  }

  private static long reflected(long at, long size) {
    if (size == 1) {
      return 0;
    }
    long period = 2 * (size - 1);
    long m = Math.floorMod(at, period);
    return m < size ? m : period - m;
  }

  private static List<TensorType> pad(NodeContext node) {
    Shape shape = node.type(0).shape();
    List<Integer> axes = padAxes(node);
    Optional<List<Dim>> pads = node.dims(1);
    if (pads.isPresent() && pads.get().size() != 2 * axes.size()) {
      throw node.error("has " + pads.get().size() + " pads for " + axes.size() + " axes");
    }
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      Dim size = Shapes.unknown(node, axis);
      if (pads.isPresent()) {
        Dim added = pads.get().get(i).plus(pads.get().get(i + axes.size()));
        size = shape.dim(axis).plus(added);
      }
      shape = shape.with(axis, size);
    }
    return List.of(node.type(0).withShape(shape));
  }

  /** The axes that a {@code Pad} widens. */
  static List<Integer> padAxes(NodeContext node) {
    int rank = node.type(0).rank();
    if (!node.has(3)) {
      return IntStream.range(0, rank).boxed().toList();
    }
    long[] axes = node.longs(3).orElseThrow(() -> node.error("needs constant axes"));
    return Shapes.axes(node, axes, rank);
  }
}
