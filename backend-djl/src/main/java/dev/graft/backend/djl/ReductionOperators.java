package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.bool;
import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.cast;
import static dev.graft.backend.djl.Emission.list;
import static dev.graft.backend.djl.TorchOperators.constants;

import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Sums, means, extrema and norms; arg-extrema, top-k and cumulative sums. */
final class ReductionOperators {
  private ReductionOperators() {}

  static void register(TorchOperators rows) {
    reduction(rows, "ReduceSum", "sum", x -> x, y -> y);
    reduction(rows, "ReduceMean", "mean", x -> x, y -> y);
    reduction(rows, "ReduceL1", "sum", x -> call("abs", x), y -> y);
    reduction(rows, "ReduceL2", "sum", x -> call("mul", x, x), y -> call("sqrt", y));
    reduction(rows, "ReduceSumSquare", "sum", x -> call("mul", x, x), y -> y);
    reduction(rows, "ReduceLogSum", "sum", x -> x, y -> call("log", y));
    reduction(rows, "ReduceLogSumExp", "logsumexp", x -> x, y -> y);
    rows.expression("ReduceMax", constants(1), e -> extremum(e, "amax"));
    rows.expression("ReduceMin", constants(1), e -> extremum(e, "amin"));
    rows.expression("ReduceProd", constants(1), ReductionOperators::product);
    rows.expression("ArgMax", e -> argument(e, "argmax"));
    rows.expression("ArgMin", e -> argument(e, "argmin"));
    rows.add("TopK", constants(1), ReductionOperators::topK);
    rows.expression("CumSum", constants(1), ReductionOperators::cumSum);
  }

  private static void reduction(
      TorchOperators rows,
      String operator,
      String function,
      UnaryOperator<String> before,
      UnaryOperator<String> after) {
    rows.expression(
        operator,
        constants(1),
        e -> {
          String x = before.apply(e.in(0));
          long[] axes = axes(e);
          // Sums of integers come out wider; ONNX keeps the type.
          String reduced =
              axes.length == 0 ? x : call(function, floating(e, function, x), list(axes), keep(e));
          return cast(after.apply(reduced), e.outputType(0).dtype());
        });
  }

  private static String floating(Emission e, String function, String x) {
    boolean needed = !function.equals("sum") && !e.dtype().isFloating();
    return needed ? cast(x, DType.FLOAT64) : x;
  }

  private static String keep(Emission e) {
    return bool(e.attributes().i("keepdims", 1) == 1);
  }

  /** The axes to reduce; none for the identity that {@code noop_with_empty_axes} asks for. */
  private static long[] axes(Emission e) {
    long[] axes = e.has(1) ? e.constant(1).toLongs() : new long[0];
    if (axes.length > 0) {
      return Arrays.stream(axes).map(a -> e.type(0).shape().axis(a)).toArray();
    }
    boolean identity = e.attributes().i("noop_with_empty_axes", 0) == 1;
    return identity ? axes : all(e.rank());
  }

  private static long[] all(int rank) {
    long[] axes = new long[rank];
    Arrays.setAll(axes, i -> i);
    return axes;
  }

  private static String extremum(Emission e, String function) {
    long[] axes = axes(e);
    if (axes.length == 0) {
      return e.in(0);
    }
    if (e.type(0).shape().elements() == 0) {
      return empty(e, function.equals("amax"));
    }
    String x = e.in(0);
    return cast(call(function, x, list(axes), keep(e)), e.dtype());
  }

  /** The extremum of nothing is the identity of the operation. */
  private static String empty(Emission e, boolean max) {
    DType dtype = e.dtype();
    String value =
        switch (dtype) {
          case BOOL -> bool(!max);
          case INT64 -> max ? "-9223372036854775808" : "9223372036854775807";
          case INT32 -> max ? "-2147483648" : "2147483647";
          case INT8 -> max ? "-128" : "127";
          case UINT8 -> max ? "0" : "255";
          default -> Emission.number(max ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        };
    return call("full", list(e.outputSizes(0)), value, "dtype=" + Emission.dtype(dtype));
  }

  private static String product(Emission e) {
    String y = e.in(0);
    long[] axes = axes(e);
    Arrays.sort(axes);
    boolean keep = e.attributes().i("keepdims", 1) == 1;
    for (int i = axes.length - 1; i >= 0; i--) {
      y = call("prod", y, axes[i], bool(keep));
    }
    return cast(y, e.dtype());
  }

  private static String argument(Emission e, String function) {
    int axis = e.axis("axis", 0);
    if (e.attributes().i("select_last_index", 0) == 0) {
      return call(function, e.in(0), axis, keep(e));
    }
    String flipped = call("flip", e.in(0), list(axis));
    long last = e.sizes(0)[axis] - 1;
    return call("sub", call("neg", call(function, flipped, axis, keep(e))), -last);
  }

  private static void topK(Emission e) {
    int axis = e.axis("axis", -1);
    long k = e.constant(1).getLong(0);
    String largest = bool(e.attributes().i("largest", 1) == 1);
    // A stable sort gives ties to the lower index, as ONNX wants; topk does not.
    List<String> sorted =
        e.lets(2, call("sort", e.in(0), "stable=True", "dim=" + axis, "descending=" + largest));
    e.out(0, call("narrow", sorted.get(0), axis, 0, k));
    e.out(1, call("narrow", sorted.get(1), axis, 0, k));
  }

  private static String cumSum(Emission e) {
    int axis = e.type(0).shape().axis(e.constant(1).getLong(0));
    boolean reverse = e.attributes().i("reverse", 0) == 1;
    String x = reverse ? e.let(call("flip", e.in(0), list(axis))) : e.in(0);
    String y = call("cumsum", x, axis);
    if (e.attributes().i("exclusive", 0) == 1) {
      y = call("sub", y, x);
    }
    return cast(reverse ? call("flip", y, list(axis)) : y, e.dtype());
  }
}
