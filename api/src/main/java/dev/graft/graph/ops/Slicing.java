package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Operators that join, cut, pad, mask or reverse along axes. */
public final class Slicing {
  /** Exporters write "to the end" as one of several huge numbers. */
  private static final long FAR = Integer.MAX_VALUE;

  private Slicing() {}

  static List<Operator> rows() {
    return List.of(
        Operator.of("Concat", 13, 1, Operator.ANY, Slicing::concat)
            .withGradient(Slicing::concatGradient),
        Operator.of("Split", 18, 1, 2, Slicing::split)
            .withOutputs(Operator.ANY)
            .withGradient(Slicing::splitGradient),
        Operator.of("Slice", 13, 3, 5, Slicing::slice).withGradient(Slicing::sliceGradient),
        Operator.of("Trilu", 14, 1, 2, Shapes::same).withGradient(Slicing::again),
        Operator.of("ReverseSequence", 10, 2, 2, Shapes::same).withGradient(Slicing::again));
  }

  // --- derivatives

  /** Each input gets its part of dy. */
  private static List<@Nullable Value> concatGradient(GradientContext g) {
    int axis = Shapes.axis(g.node(), g.attributes().i("axis", 0), g.y().rank());
    int count = g.node().inputs().size();
    long[] sizes = new long[count];
    Arrays.setAll(sizes, i -> g.in(i).shape().dim(axis).size());
    if (count > 1 && IntStream.range(0, count).allMatch(g::needs)) {
      Value parts = g.builder().vector(sizes);
      return new ArrayList<>(
          g.builder().ops("Split", Attributes.of("axis", axis), count, g.dy(), parts));
    }
    List<@Nullable Value> result = new ArrayList<>();
    long start = 0;
    for (int i = 0; i < count; i++) {
      result.add(g.needs(i) ? g.dy().slice(axis, start, start + sizes[i]) : null);
      start += sizes[i];
    }
    return result;
  }

  private static List<@Nullable Value> splitGradient(GradientContext g) {
    Value[] parts = new Value[g.outputs().size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = g.dy(i);
    }
    return Arrays.asList(
        g.builder().op("Concat", Attributes.of("axis", splitAxis(g.node())), parts));
  }

  /** dy goes back to where it was cut out; the rest is zero. */
  private static List<@Nullable Value> sliceGradient(GradientContext g) {
    List<Range> ranges =
        ranges(g.node()).orElseThrow(() -> g.node().error("needs constant bounds to be derived"));
    Value dx = g.dy();
    long[] pads = new long[2 * dx.rank()];
    for (Range range : ranges) {
      long size = g.in(0).shape().dim(range.axis()).size();
      long taken = range.size().size();
      if (range.step() == 1) {
        pads[range.axis()] = range.start().size();
        pads[range.axis() + dx.rank()] = size - range.start().size() - taken;
      } else {
        dx = scatter(dx, range, size);
      }
    }
    boolean padded = Arrays.stream(pads).anyMatch(p -> p != 0);
    return Arrays.asList(padded ? g.builder().op("Pad", dx, g.builder().vector(pads)) : dx);
  }

  /** A strided range reads given indices, each once. */
  private static Value scatter(Value dy, Range range, long size) {
    long[] indices = new long[(int) range.size().size()];
    Arrays.setAll(indices, i -> range.start().size() + i * range.step());
    return Indexing.gatherGradient(
        dy,
        dy.builder().vector(indices),
        range.axis(),
        dy.shape().with(range.axis(), Dim.of(size)));
  }

  /**
   * The derivative of an operator that keeps or moves elements in a way that is its own inverse.
   */
  private static List<@Nullable Value> again(GradientContext g) {
    Value second = g.has(1) ? g.in(1) : null;
    return Arrays.asList(
        second == null
            ? g.builder().op(g.node().operator().name(), g.attributes(), g.dy())
            : g.builder().op(g.node().operator().name(), g.attributes(), g.dy(), second),
        null);
  }

  // --- types

  private static List<TensorType> concat(NodeContext node) {
    Shape shape = node.type(0).shape();
    int axis = Shapes.axis(node, node.attributes().i("axis", 0), shape.rank());
    for (int i = 1; i < node.inputs().size(); i++) {
      Shape next = node.type(i).shape();
      if (next.rank() != shape.rank() || node.type(i).dtype() != node.type(0).dtype()) {
        throw node.error("joins tensors that differ in rank or type: " + node.inputs());
      }
      List<Dim> dims = new ArrayList<>();
      for (int d = 0; d < shape.rank(); d++) {
        dims.add(
            d == axis
                ? shape.dim(d).plus(next.dim(d))
                : Shapes.match(node, shape.dim(d), next.dim(d)));
      }
      shape = new Shape(dims);
    }
    return List.of(node.type(0).withShape(shape));
  }

  private static List<TensorType> split(NodeContext node) {
    TensorType type = node.type(0);
    int axis = splitAxis(node);
    return parts(node).stream().map(part -> type.withShape(type.shape().with(axis, part))).toList();
  }

  public static int splitAxis(NodeContext node) {
    return Shapes.axis(node, node.attributes().i("axis", 0), node.type(0).rank());
  }

  /** The sizes of the parts of a {@code Split} along its axis. */
  public static List<Dim> parts(NodeContext node) {
    Dim whole = node.type(0).shape().dim(splitAxis(node));
    if (node.has(1)) {
      Optional<List<Dim>> given = node.dims(1);
      if (given.isEmpty()) {
        return IntStream.range(0, node.outputCount())
            .mapToObj(i -> Shapes.unknown(node, i))
            .toList();
      }
      Dim sum = given.get().stream().reduce(Dim.of(0), Dim::plus);
      if (sum.isFixed() && whole.isFixed() && !sum.equals(whole)) {
        throw node.error("splits " + whole + " into parts " + given.get());
      }
      return given.get();
    }
    int count = (int) node.attributes().i("num_outputs", node.outputCount());
    Dim part = whole.plus(Dim.of(count - 1)).floorDiv(Dim.of(count));
    if (!whole.isFixed()) {
      part =
          whole.floorDiv(Dim.of(count)).times(Dim.of(count)).equals(whole)
              ? whole.floorDiv(Dim.of(count))
              : part;
    }
    Dim last = whole.minus(part.times(Dim.of(count - 1)));
    List<Dim> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(i < count - 1 ? part : last);
    }
    return parts;
  }

  /**
   * One axis of a slice.
   *
   * @param start the first index, counted from the front where the size is fixed
   * @param end the index after the last; may be -1 when stepping backwards to the front
   * @param size the number of elements taken
   */
  public record Range(int axis, Dim start, Dim end, long step, Dim size) {}

  private static List<TensorType> slice(NodeContext node) {
    Shape shape = node.type(0).shape();
    Optional<List<Range>> ranges = ranges(node);
    if (ranges.isPresent()) {
      for (Range r : ranges.get()) {
        shape = shape.with(r.axis(), r.size());
      }
      return List.of(node.type(0).withShape(shape));
    }
    if (node.has(3) && node.longs(3).isEmpty()) {
      throw node.error("needs constant axes");
    }
    long count = node.type(1).shape().dim(0).size();
    for (long axis : sliceAxes(node, (int) count)) {
      int a = Shapes.axis(node, axis, shape.rank());
      shape = shape.with(a, Shapes.unknown(node, a));
    }
    return List.of(node.type(0).withShape(shape));
  }

  private static long[] sliceAxes(NodeContext node, int count) {
    return node.has(3)
        ? node.longs(3).orElseThrow(() -> node.error("needs constant axes"))
        : IntStream.range(0, count).asLongStream().toArray();
  }

  /** The ranges of a {@code Slice}; empty if its bounds are computed from data. */
  public static Optional<List<Range>> ranges(NodeContext node) {
    Optional<List<Dim>> starts = node.dims(1);
    Optional<List<Dim>> ends = node.dims(2);
    Optional<long[]> steps = node.has(4) ? node.longs(4) : Optional.of(new long[0]);
    if (starts.isEmpty() || ends.isEmpty() || steps.isEmpty()) {
      return Optional.empty();
    }
    int count = starts.get().size();
    long[] axes = sliceAxes(node, count);
    if (ends.get().size() != count || axes.length != count) {
      throw node.error("has starts, ends and axes of different length");
    }
    Shape shape = node.type(0).shape();
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int axis = Shapes.axis(node, axes[i], shape.rank());
      long step = node.has(4) ? steps.get()[i] : 1;
      if (step == 0) {
        throw node.error("has a step of 0");
      }
      ranges.add(range(node, axis, shape.dim(axis), starts.get().get(i), ends.get().get(i), step));
    }
    return Optional.of(ranges);
  }

  private static Range range(NodeContext node, int axis, Dim size, Dim start, Dim end, long step) {
    if (size.isFixed() && start.isFixed() && end.isFixed()) {
      long n = size.size();
      long lowest = step > 0 ? 0 : -1;
      long first = clamp(start.size(), n, 0, step > 0 ? n : n - 1);
      long last = clamp(end.size(), n, lowest, n);
      long taken = n == 0 ? 0 : Math.max(0, -Math.floorDiv(first - last, step));
      return new Range(axis, Dim.of(first), Dim.of(last), step, Dim.of(taken));
    }
    Dim taken = step > 0 ? symbolic(size, start, end, step) : null;
    Dim known = taken == null ? Shapes.unknown(node, axis) : taken;
    return new Range(axis, start, end, step, known);
  }

  private static long clamp(long index, long n, long low, long high) {
    long i = index < 0 ? index + n : index;
    return Math.max(low, Math.min(high, i));
  }

  /** The number of elements where something is symbolic; null if no expression is sure enough. */
  private static @Nullable Dim symbolic(Dim size, Dim start, Dim end, long step) {
    Dim first = fromFront(start, size);
    Dim last = end.isFixed() && end.size() >= FAR ? size : fromFront(end, size);
    Dim span = last.minus(first);
    boolean bounded = last.equals(size) || !last.isFixed() || span.is(1);
    if (!bounded || (span.isFixed() && span.size() < 0)) {
      return null;
    }
    return step == 1 ? span : span.plus(Dim.of(step - 1)).floorDiv(Dim.of(step));
  }

  private static Dim fromFront(Dim index, Dim size) {
    return index.isFixed() && index.size() < 0 ? size.plus(index) : index;
  }
}
