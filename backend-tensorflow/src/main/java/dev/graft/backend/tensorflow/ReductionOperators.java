package dev.graft.backend.tensorflow;

import static dev.graft.backend.tensorflow.TensorFlowOperators.constants;

import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;

/** Sums, means, extrema; arg-extrema, top-k and cumulative sums. */
final class ReductionOperators {
  private ReductionOperators() {}

  static void register(TensorFlowOperators rows) {
    reduction(rows, "ReduceSum", "Sum");
    reduction(rows, "ReduceMean", "Mean");
    reduction(rows, "ReduceProd", "Prod");
    reduction(rows, "ReduceMax", "Max");
    reduction(rows, "ReduceMin", "Min");
    rows.expression("ArgMax", TensorFlowOperators::dynamic, e -> argument(e, "ArgMax"));
    rows.expression("ArgMin", TensorFlowOperators::dynamic, e -> argument(e, "ArgMin"));
    rows.add("TopK", constants(1), ReductionOperators::topK);
    rows.expression("CumSum", constants(1), ReductionOperators::cumSum);
  }

  private static void reduction(TensorFlowOperators rows, String operator, String kind) {
    rows.add(operator, constants(1), e -> reduce(e, kind));
  }

  private static void reduce(Emission e, String kind) {
    long[] axes = axes(e);
    boolean keep = e.attributes().i("keepdims", 1) == 1;
    if (axes.length == 0) {
      e.out(0, e.in(0));
      return;
    }
    if (e.prefersChannelsLast(0) && (keep || staysInOrder(e, axes))) {
      long[] places = GraphWriter.toRows(e.rank());
      long[] moved = Arrays.stream(axes).map(a -> places[(int) a]).toArray();
      Output<?> result = reduced(e, kind, e.channelsLast(0), moved, keep);
      if (keep) {
        e.outChannelsLast(0, result);
      } else {
        e.outRows(0, result);
      }
      return;
    }
    e.out(0, reduced(e, kind, e.in(0), axes, keep));
  }

  private static Output<?> reduced(
      Emission e, String kind, Output<?> x, long[] axes, boolean keep) {
    if (e.dtype() == DType.BOOL) {
      return build(e.operation(kind.equals("Max") ? "Any" : "All", x, e.ints(axes)), keep);
    }
    DType computed = Emission.computed(kind, e.dtype());
    return e.cast(build(e.operation(kind, e.cast(x, computed), e.ints(axes)), keep), e.dtype());
  }

  private static Output<?> build(GraphOperationBuilder operation, boolean keep) {
    return operation.setAttr("keep_dims", keep).build().output(0);
  }

  /** Whether the axes that are left come in the same order in both layouts. */
  private static boolean staysInOrder(Emission e, long[] axes) {
    boolean channels = Arrays.stream(axes).anyMatch(a -> a == 1);
    boolean allOthers = LongStream.of(axes).filter(a -> a > 1).count() == e.rank() - 2;
    return channels || allOthers;
  }

  /** The axes to reduce; none for the identity that {@code noop_with_empty_axes} asks for. */
  private static long[] axes(Emission e) {
    long[] axes = e.has(1) ? e.constant(1).toLongs() : new long[0];
    if (axes.length > 0) {
      return Arrays.stream(axes).map(a -> e.type(0).shape().axis(a)).toArray();
    }
    boolean identity = e.attributes().i("noop_with_empty_axes", 0) == 1;
    return identity ? axes : LongStream.range(0, e.rank()).toArray();
  }

  private static Output<?> argument(Emission e, String kind) {
    int axis = e.axis("axis", 0);
    DType computed = Emission.computed(kind, e.dtype());
    Output<?> x = e.cast(e.in(0), computed);
    boolean lastOne = e.attributes().i("select_last_index", 0) == 1;
    if (lastOne) {
      x = e.operation("ReverseV2", x, e.ints(axis)).build().output(0);
    }
    Output<?> found = e.operation(kind, x, e.number(axis)).build().output(0);
    if (lastOne) {
      found = e.call("Sub", e.number(found, e.sizes(0)[axis] - 1), found);
    }
    return e.reshape(found, e.outputSizes(0));
  }

  private static void topK(Emission e) {
    int axis = e.axis("axis", -1);
    int last = e.rank() - 1;
    boolean largest = e.attributes().i("largest", 1) == 1;
    long[] swap = new long[e.rank()];
    Arrays.setAll(swap, i -> i == axis ? last : i == last ? axis : i);
    Output<?> x = axis == last ? e.in(0) : e.transpose(e.in(0), swap);
    x = e.cast(x, Emission.computed("TopKV2", e.dtype()));
    Output<?> k = e.number((int) e.constant(1).getLong(0));
    var found = e.operation("TopKV2", largest ? x : reversed(e, x), k).build();
    Output<?> values = found.output(0);
    values = largest ? values : reversed(e, values);
    Output<?> indices = e.cast(found.output(1), DType.INT64);
    e.out(0, axis == last ? values : e.transpose(values, swap));
    e.out(1, axis == last ? indices : e.transpose(indices, swap));
  }

  /** Turns the order of all numbers round; for integers without overflow. */
  private static Output<?> reversed(Emission e, Output<?> x) {
    return e.call(e.dtype().isFloating() ? "Neg" : "Invert", x);
  }

  private static Output<?> cumSum(Emission e) {
    int axis = e.type(0).shape().axis(e.constant(1).getLong(0));
    DType computed = Emission.computed("Cumsum", e.dtype());
    return e.operation("Cumsum", e.cast(e.in(0), computed), e.number(axis))
        .setAttr("exclusive", e.attributes().i("exclusive", 0) == 1)
        .setAttr("reverse", e.attributes().i("reverse", 0) == 1)
        .build()
        .output(0);
  }
}
