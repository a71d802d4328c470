package dev.graft.testkit.reference;

import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;

/** Sums, means, extrema and norms over axes; arg-extrema, top-k and cumulative sums. */
final class ReductionKernels {
  private static final DoubleUnaryOperator SAME = v -> v;

  private ReductionKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("ReduceSum", reduce(SAME, 0, Double::sum, SAME, 0, Long::sum));
    table.put("ReduceProd", reduce(SAME, 1, (a, b) -> a * b, SAME, 1, (a, b) -> a * b));
    table.put(
        "ReduceL1", reduce(Math::abs, 0, Double::sum, SAME, 0, (sum, v) -> sum + Math.abs(v)));
    table.put(
        "ReduceSumSquare", reduce(v -> v * v, 0, Double::sum, SAME, 0, (sum, v) -> sum + v * v));
    table.put("ReduceL2", viaDoubles(reduce(v -> v * v, 0, Double::sum, Math::sqrt)));
    table.put("ReduceLogSum", viaDoubles(reduce(SAME, 0, Double::sum, Math::log)));
    table.put("ReduceMax", ReductionKernels::max);
    table.put("ReduceMin", ReductionKernels::min);
    table.put("ReduceMean", viaDoubles(ReductionKernels::mean));
    table.put("ReduceLogSumExp", viaDoubles(ReductionKernels::logSumExp));
    table.put("ArgMax", c -> argExtremum(c, 1));
    table.put("ArgMin", c -> argExtremum(c, -1));
    table.put("TopK", ReductionKernels::topK);
    table.put("CumSum", c -> cumulate(c, 0, Double::sum, Long::sum));
    table.put("CumProd", c -> cumulate(c, 1, (a, b) -> a * b, (a, b) -> a * b));
  }

  /**
   * Which elements are reduced to which.
   *
   * @param shape the shape of the result
   * @param target for each element of the input, the position in the result
   */
  private record Groups(int[] shape, int[] target) {
    static Groups of(Call c) {
      Array x = c.in(0);
      int[] axes = c.has(1) ? c.in(1).ints() : new int[0];
      boolean[] reduced = new boolean[x.rank()];
      Arrays.fill(reduced, axes.length == 0 && !c.flag("noop_with_empty_axes"));
      for (int axis : axes) {
        reduced[x.axis(axis)] = true;
      }
      int[] kept = x.shape.clone();
      for (int i = 0; i < kept.length; i++) {
        kept[i] = reduced[i] ? 1 : kept[i];
      }
      int[] target = Indices.broadcastPositions(kept, x.shape);
      int[] shape = kept;
      if (c.i("keepdims", 1) == 0) {
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < kept.length; i++) {
          if (!reduced[i]) {
            sizes.add(kept[i]);
          }
        }
        shape = sizes.stream().mapToInt(i -> i).toArray();
      }
      return new Groups(shape, target);
    }

    /** Folds the elements, prepared one by one, into one number per group. */
    double[] fold(
        double[] in, DoubleUnaryOperator prepare, double start, DoubleBinaryOperator fold) {
      double[] out = new double[Indices.size(shape)];
      Arrays.fill(out, start);
      for (int i = 0; i < in.length; i++) {
        out[target[i]] = fold.applyAsDouble(out[target[i]], prepare.applyAsDouble(in[i]));
      }
      return out;
    }

    long[] fold(long[] in, long start, LongBinaryOperator fold) {
      long[] out = new long[Indices.size(shape)];
      Arrays.fill(out, start);
      for (int i = 0; i < in.length; i++) {
        out[target[i]] = fold.applyAsLong(out[target[i]], in[i]);
      }
      return out;
    }
  }

  private static Kernel reduce(
      DoubleUnaryOperator prepare,
      double start,
      DoubleBinaryOperator fold,
      DoubleUnaryOperator end) {
    return reduce(prepare, start, fold, end, 0, (a, b) -> a);
  }

  private static Kernel reduce(
      DoubleUnaryOperator prepare,
      double start,
      DoubleBinaryOperator fold,
      DoubleUnaryOperator end,
      long integerStart,
      LongBinaryOperator integerFold) {
    return c -> {
      Array x = c.in(0);
      Groups groups = Groups.of(c);
      if (!x.isFloating()) {
        long[] out = groups.fold(x.integers(), integerStart, integerFold);
        return List.of(Array.of(x.dtype, groups.shape(), out));
      }
      double[] out = groups.fold(x.reals(), prepare, start, fold);
      return List.of(Array.of(x.dtype, groups.shape(), Arrays.stream(out).map(end).toArray()));
    };
  }

  /** Lets a kernel for floating elements serve integers: computed as double, then truncated. */
  private static Kernel viaDoubles(Kernel kernel) {
    return c -> {
      Array x = c.in(0);
      if (x.isFloating()) {
        return kernel.run(c);
      }
      List<Array> inputs = new ArrayList<>();
      inputs.add(x.cast(DType.FLOAT64));
      if (c.has(1)) {
        inputs.add(c.in(1));
      }
      Array y = kernel.run(new Call(c.attributes(), List.copyOf(inputs), c.outputs())).get(0);
      return List.of(y.cast(x.dtype));
    };
  }

  private static List<Array> max(Call c) {
    long least = smallest(c.in(0).dtype);
    return reduce(SAME, Double.NEGATIVE_INFINITY, Math::max, SAME, least, Math::max).run(c);
  }

  private static List<Array> min(Call c) {
    long most = largest(c.in(0).dtype);
    return reduce(SAME, Double.POSITIVE_INFINITY, Math::min, SAME, most, Math::min).run(c);
  }

  private static long smallest(DType dtype) {
    return dtype.isUnsigned() || dtype == DType.BOOL ? 0 : -largest(dtype) - 1;
  }

  private static long largest(DType dtype) {
    if (dtype == DType.BOOL) {
      return 1;
    }
    int bits = 8 * dtype.bytes() - (dtype.isUnsigned() ? 0 : 1);
    return bits >= 63 ? Long.MAX_VALUE : (1L << bits) - 1;
  }

  private static List<Array> mean(Call c) {
    Array x = c.in(0);
    Groups groups = Groups.of(c);
    double[] sum = groups.fold(x.reals(), SAME, 0, Double::sum);
    double[] count = groups.fold(x.reals(), v -> 1, 0, Double::sum);
    double[] out = new double[sum.length];
    Arrays.setAll(out, i -> sum[i] / count[i]);
    return List.of(Array.of(x.dtype, groups.shape(), out));
  }

  /** With the greatest element taken out, so that nothing overflows. */
  private static List<Array> logSumExp(Call c) {
    Array x = c.in(0);
    Groups groups = Groups.of(c);
    double[] max = groups.fold(x.reals(), SAME, Double.NEGATIVE_INFINITY, Math::max);
    double[] sum = new double[max.length];
    for (int i = 0; i < x.size(); i++) {
      int g = groups.target()[i];
      sum[g] += Double.isInfinite(max[g]) ? Math.exp(x.real(i)) : Math.exp(x.real(i) - max[g]);
    }
    double[] out = new double[max.length];
    Arrays.setAll(
        out, g -> Double.isInfinite(max[g]) ? Math.log(sum[g]) : max[g] + Math.log(sum[g]));
    return List.of(Array.of(x.dtype, groups.shape(), out));
  }

  private static List<Array> argExtremum(Call c, int sign) {
    Array x = c.in(0);
    int axis = x.axis(c.i("axis", 0));
    Indices.Split split = Indices.Split.at(x.shape, axis);
    boolean last = c.flag("select_last_index");
    long[] out = new long[split.outer() * split.inner()];
    for (int o = 0; o < split.outer(); o++) {
      for (int k = 0; k < split.inner(); k++) {
        int best = 0;
        for (int i = 1; i < split.size(); i++) {
          double difference =
              sign * (x.real(split.position(o, i, k)) - x.real(split.position(o, best, k)));
          best = difference > 0 || (last && difference == 0) ? i : best;
        }
        out[o * split.inner() + k] = best;
      }
    }
    int[] kept = Indices.with(x.shape, axis, 1);
    int[] shape = c.i("keepdims", 1) != 0 ? kept : ShapeKernels.without(kept, axis);
    return List.of(Array.of(DType.INT64, shape, out));
  }

  /** Of equal elements the first comes first. */
  private static List<Array> topK(Call c) {
    Array x = c.in(0);
    int k = (int) c.in(1).integer(0);
    int axis = x.axis(c.i("axis", -1));
    Indices.Split split = Indices.Split.at(x.shape, axis);
    int[] shape = Indices.with(x.shape, axis, k);
    Indices.Split result = Indices.Split.at(shape, axis);
    Array values = Array.zeros(x.dtype, shape);
    long[] indices = new long[values.size()];
    for (int o = 0; o < split.outer(); o++) {
      for (int in = 0; in < split.inner(); in++) {
        int outer = o;
        int inner = in;
        Comparator<Integer> order =
            Comparator.comparingDouble(i -> x.real(split.position(outer, i, inner)));
        List<Integer> sorted = new ArrayList<>();
        for (int i = 0; i < split.size(); i++) {
          sorted.add(i);
        }
        sorted.sort(c.i("largest", 1) != 0 ? order.reversed() : order);
        for (int i = 0; i < k; i++) {
          values.set(result.position(o, i, in), x, split.position(o, sorted.get(i), in));
          indices[result.position(o, i, in)] = sorted.get(i);
        }
      }
    }
    return List.of(values, Array.of(DType.INT64, shape, indices));
  }

  private static List<Array> cumulate(
      Call c, int start, DoubleBinaryOperator real, LongBinaryOperator integer) {
    Array x = c.in(0);
    Indices.Split split = Indices.Split.at(x.shape, x.axis(c.in(1).integer(0)));
    boolean exclusive = c.flag("exclusive");
    boolean reverse = c.flag("reverse");
    double[] reals = new double[x.size()];
    long[] integers = new long[x.size()];
    for (int o = 0; o < split.outer(); o++) {
      for (int k = 0; k < split.inner(); k++) {
        double realSoFar = start;
        long integerSoFar = start;
        for (int step = 0; step < split.size(); step++) {
          int p = split.position(o, reverse ? split.size() - 1 - step : step, k);
          double nextReal = real.applyAsDouble(realSoFar, x.real(p));
          long nextInteger = integer.applyAsLong(integerSoFar, x.integer(p));
          reals[p] = exclusive ? realSoFar : nextReal;
          integers[p] = exclusive ? integerSoFar : nextInteger;
          realSoFar = nextReal;
          integerSoFar = nextInteger;
        }
      }
    }
    return List.of(
        x.isFloating() ? Array.of(x.dtype, x.shape, reals) : Array.of(x.dtype, x.shape, integers));
  }
}
