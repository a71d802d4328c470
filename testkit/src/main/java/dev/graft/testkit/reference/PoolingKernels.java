package dev.graft.testkit.reference;

import dev.graft.graph.Attributes;
import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Pooling over windows or over all spatial axes, and its gradients. */
final class PoolingKernels {
  private PoolingKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("MaxPool", PoolingKernels::maxPool);
    table.put("AveragePool", PoolingKernels::averagePool);
    table.put("LpPool", PoolingKernels::lpPool);
    table.put("MaxPoolGradient", PoolingKernels::maxPoolGradient);
    table.put("AveragePoolGradient", PoolingKernels::averagePoolGradient);
    table.put("GlobalAveragePool", c -> global(c, "ReduceMean", 0));
    table.put("GlobalMaxPool", c -> global(c, "ReduceMax", 0));
    table.put("GlobalLpPool", c -> global(c, "", c.i("p", 2)));
  }

  private static Window window(Call c, int[] shape) {
    int[] kernel =
        Arrays.stream(c.attributes().ints("kernel_shape", new long[0]))
            .mapToInt(Math::toIntExact)
            .toArray();
    return Window.of(c.attributes(), Arrays.copyOfRange(shape, 2, shape.length), kernel);
  }

  /** The second output is the position of the greatest element in the whole input tensor. */
  private static List<Array> maxPool(Call c) {
    Array x = c.in(0);
    Window window = window(c, x.shape);
    int[] shape = window.outShape(x.dim(0), x.dim(1));
    Array y = Array.zeros(x.dtype, shape);
    long[] indices = new long[y.size()];
    int channels = x.dim(0) * x.dim(1);
    boolean columnMajor = c.flag("storage_order");
    for (int channel = 0; channel < channels; channel++) {
      int base = channel * window.inSize();
      for (int place = 0; place < window.places(); place++) {
        int[] best = {-1};
        window.forEach(
            place,
            (o, element, weight) -> {
              if (best[0] < 0 || x.real(base + element) > x.real(best[0])) {
                best[0] = base + element;
              }
            });
        int to = channel * window.places() + place;
        y.set(to, x, best[0]);
        indices[to] = columnMajor ? base + columnMajor(best[0] - base, window.in()) : best[0];
      }
    }
    return List.of(y, Array.of(DType.INT64, shape, indices));
  }

  /** The position that an element would have if the first spatial axis varied fastest. */
  private static int columnMajor(int position, int[] in) {
    int[] at = Indices.coordinates(position, in);
    return (at[2] * in[1] + at[1]) * in[0] + at[0];
  }

  private static List<Array> maxPoolGradient(Call c) {
    Array dy = c.in(0);
    Array x = c.in(1);
    Array indices = c.in(3);
    double[] dx = new double[x.size()];
    for (int i = 0; i < dy.size(); i++) {
      dx[(int) indices.integer(i)] += dy.real(i);
    }
    return List.of(Array.of(dy.dtype, x.shape, dx));
  }

  /** How many elements each place averages over. */
  private static int[] counts(Call c, Window window) {
    int[] counts = new int[window.places()];
    if (!c.flag("count_include_pad")) {
      window.forEach((place, element, weight) -> counts[place]++);
      return counts;
    }
    // Padding counts, but not what lies beyond it because the size was rounded up.
    for (int place = 0; place < counts.length; place++) {
      int[] at = Indices.coordinates(place, window.out());
      int count = 1;
      for (int axis = 0; axis < at.length; axis++) {
        int limit = window.in()[axis] + window.end()[axis];
        int inside = 0;
        for (int k = 0; k < window.kernel()[axis]; k++) {
          inside += window.position(axis, at[axis], k) < limit ? 1 : 0;
        }
        count *= inside;
      }
      counts[place] = count;
    }
    return counts;
  }

  private static List<Array> averagePool(Call c) {
    Array x = c.in(0);
    Window window = window(c, x.shape);
    int[] counts = counts(c, window);
    int channels = x.dim(0) * x.dim(1);
    double[] y = new double[channels * window.places()];
    for (int channel = 0; channel < channels; channel++) {
      int from = channel * window.inSize();
      int to = channel * window.places();
      window.forEach((place, element, weight) -> y[to + place] += x.real(from + element));
      for (int place = 0; place < counts.length; place++) {
        y[to + place] /= counts[place];
      }
    }
    return List.of(Array.of(x.dtype, window.outShape(x.dim(0), x.dim(1)), y));
  }

  private static List<Array> averagePoolGradient(Call c) {
    Array dy = c.in(0);
    int[] shape =
        Arrays.stream(c.attributes().ints("input_shape", new long[0]))
            .mapToInt(Math::toIntExact)
            .toArray();
    Window window = window(c, shape);
    int[] counts = counts(c, window);
    double[] dx = new double[Indices.size(shape)];
    for (int channel = 0; channel < shape[0] * shape[1]; channel++) {
      int to = channel * window.inSize();
      int from = channel * window.places();
      window.forEach(
          (place, element, weight) -> dx[to + element] += dy.real(from + place) / counts[place]);
    }
    return List.of(Array.of(dy.dtype, shape, dx));
  }

  private static List<Array> lpPool(Call c) {
    Array x = c.in(0);
    Window window = window(c, x.shape);
    double p = c.i("p", 2);
    int channels = x.dim(0) * x.dim(1);
    double[] y = new double[channels * window.places()];
    for (int channel = 0; channel < channels; channel++) {
      int from = channel * window.inSize();
      int to = channel * window.places();
      window.forEach(
          (place, element, weight) ->
              y[to + place] += Math.pow(Math.abs(x.real(from + element)), p));
    }
    return List.of(
        Array.of(
            x.dtype,
            window.outShape(x.dim(0), x.dim(1)),
            Arrays.stream(y).map(v -> Math.pow(v, 1 / p)).toArray()));
  }

  /** Reduces all spatial axes to size 1. */
  private static List<Array> global(Call c, String reduction, double p) {
    Array x = c.in(0);
    if (reduction.isEmpty()) {
      Array powers =
          Array.of(
              x.dtype,
              x.shape,
              Arrays.stream(x.reals()).map(v -> Math.pow(Math.abs(v), p)).toArray());
      Array sum = reduceSpatial(c, powers, "ReduceSum");
      return List.of(
          Array.of(
              x.dtype,
              sum.shape,
              Arrays.stream(sum.reals()).map(v -> Math.pow(v, 1 / p)).toArray()));
    }
    return List.of(reduceSpatial(c, x, reduction));
  }

  private static Array reduceSpatial(Call c, Array x, String reduction) {
    Array axes = Array.vector(IntStream.range(2, x.rank()).asLongStream().toArray());
    Kernel kernel = Kernels.get(reduction);
    if (kernel == null) {
      throw new IllegalStateException("no kernel " + reduction);
    }
    return kernel.run(new Call(Attributes.NONE, List.of(x, axes), c.outputs())).get(0);
  }
}
