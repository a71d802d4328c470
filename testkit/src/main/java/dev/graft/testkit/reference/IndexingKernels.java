package dev.graft.testkit.reference;

import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Gathering from and scattering to positions that are data. */
final class IndexingKernels {
  private IndexingKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("Gather", IndexingKernels::gather);
    table.put("GatherGradient", IndexingKernels::gatherGradient);
    table.put("GatherElements", IndexingKernels::gatherElements);
    table.put("GatherND", IndexingKernels::gatherNd);
    table.put("ScatterElements", IndexingKernels::scatterElements);
    table.put("ScatterND", IndexingKernels::scatterNd);
    table.put("OneHot", IndexingKernels::oneHot);
    table.put("NonZero", IndexingKernels::nonZero);
    table.put("Compress", IndexingKernels::compress);
    table.put("ReverseSequence", IndexingKernels::reverseSequence);
  }

  /** An index that may count from the end. */
  private static int index(long index, int size) {
    long i = index < 0 ? index + size : index;
    if (i < 0 || i >= size) {
      throw new IllegalArgumentException("index " + index + " is outside an axis of size " + size);
    }
    return (int) i;
  }

  private static List<Array> gather(Call c) {
    Array x = c.in(0);
    Array indices = c.in(1);
    int axis = x.axis(c.i("axis", 0));
    Indices.Split split = Indices.Split.at(x.shape, axis);
    int n = indices.size();
    int[] shape =
        IntStream.concat(
                IntStream.concat(Arrays.stream(x.shape, 0, axis), Arrays.stream(indices.shape)),
                Arrays.stream(x.shape, axis + 1, x.rank()))
            .toArray();
    return List.of(
        x.pick(
            shape,
            i -> {
              int k = i % split.inner();
              int at = i / split.inner() % n;
              int o = i / split.inner() / n;
              return split.position(o, index(indices.integer(at), split.size()), k);
            }));
  }

  /** Adds the gradient of every gathered element to where it came from. */
  private static List<Array> gatherGradient(Call c) {
    Array dy = c.in(0);
    Array indices = c.in(1);
    int[] shape =
        Arrays.stream(c.attributes().ints("input_shape", new long[0]))
            .mapToInt(Math::toIntExact)
            .toArray();
    Indices.Split split = Indices.Split.at(shape, Indices.axis(c.i("axis", 0), shape.length));
    int n = indices.size();
    double[] out = new double[Indices.size(shape)];
    for (int i = 0; i < dy.size(); i++) {
      int k = i % split.inner();
      int at = i / split.inner() % n;
      int o = i / split.inner() / n;
      out[split.position(o, index(indices.integer(at), split.size()), k)] += dy.real(i);
    }
    return List.of(Array.of(dy.dtype, shape, out));
  }

  private static List<Array> gatherElements(Call c) {
    Array x = c.in(0);
    Array indices = c.in(1);
    int axis = x.axis(c.i("axis", 0));
    return List.of(
        x.pick(
            indices.shape,
            i -> {
              int[] at = Indices.coordinates(i, indices.shape);
              at[axis] = index(indices.integer(i), x.shape[axis]);
              return Indices.position(at, x.shape);
            }));
  }

  private static List<Array> gatherNd(Call c) {
    Array x = c.in(0);
    Array indices = c.in(1);
    int batch = (int) c.i("batch_dims", 0);
    int depth = indices.dim(-1);
    int batches = Indices.product(x.shape, 0, batch);
    int tuples = depth == 0 ? 0 : indices.size() / depth / Math.max(1, batches);
    int slice = Indices.product(x.shape, batch + depth, x.rank());
    int[] shape =
        IntStream.concat(
                Arrays.stream(indices.shape, 0, indices.rank() - 1),
                Arrays.stream(x.shape, batch + depth, x.rank()))
            .toArray();
    return List.of(
        x.pick(
            shape,
            i -> {
              int tuple = i / slice;
              int start = tuple / tuples;
              return target(x.shape, batch, start, indices, tuple, depth) * slice + i % slice;
            }));
  }

  /** Which slice of the data a tuple of indices names, below the leading axes' position. */
  private static int target(
      int[] shape, int batch, int start, Array indices, int tuple, int depth) {
    int p = start;
    for (int d = 0; d < depth; d++) {
      int size = shape[batch + d];
      p = p * size + index(indices.integer(tuple * depth + d), size);
    }
    return p;
  }

  /** Writes {@code updates[j]} to {@code out[i]}, combining as the reduction says. */
  private static void update(Array out, int i, Array updates, int j, String reduction) {
    if (reduction.equals("none")) {
      out.set(i, updates, j);
      return;
    }
    Array old = out.pick(new int[0], k -> i);
    Array change = updates.pick(new int[0], k -> j);
    Array result =
        switch (reduction) {
          case "add" -> ElementwiseKernels.combine(old, change, Double::sum, Long::sum);
          case "mul" -> ElementwiseKernels.combine(old, change, (a, b) -> a * b, (a, b) -> a * b);
          case "max" -> ElementwiseKernels.combine(old, change, Math::max, Math::max);
          case "min" -> ElementwiseKernels.combine(old, change, Math::min, Math::min);
          default -> throw new IllegalArgumentException("there is no reduction " + reduction);
        };
    out.set(i, result, 0);
  }

  private static List<Array> scatterElements(Call c) {
    Array out = c.in(0).copy();
    Array indices = c.in(1);
    int axis = out.axis(c.i("axis", 0));
    String reduction = c.attributes().s("reduction", "none");
    for (int i = 0; i < indices.size(); i++) {
      int[] at = Indices.coordinates(i, indices.shape);
      at[axis] = index(indices.integer(i), out.shape[axis]);
      update(out, Indices.position(at, out.shape), c.in(2), i, reduction);
    }
    return List.of(out);
  }

  private static List<Array> scatterNd(Call c) {
    Array out = c.in(0).copy();
    Array indices = c.in(1);
    Array updates = c.in(2);
    int depth = indices.dim(-1);
    int tuples = Indices.product(indices.shape, 0, indices.rank() - 1);
    int slice = Indices.product(out.shape, depth, out.rank());
    String reduction = c.attributes().s("reduction", "none");
    for (int tuple = 0; tuple < tuples; tuple++) {
      int target = target(out.shape, 0, 0, indices, tuple, depth);
      for (int k = 0; k < slice; k++) {
        update(out, target * slice + k, updates, tuple * slice + k, reduction);
      }
    }
    return List.of(out);
  }

  /** An index outside the depth gives a row of the off value. */
  private static List<Array> oneHot(Call c) {
    Array indices = c.in(0);
    int depth = (int) c.in(1).integer(0);
    Array values = c.in(2);
    int axis = Indices.axis(c.i("axis", -1), indices.rank() + 1);
    int[] shape = new int[indices.rank() + 1];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = i < axis ? indices.shape[i] : i == axis ? depth : indices.shape[i - 1];
    }
    Indices.Split split = Indices.Split.at(shape, axis);
    return List.of(
        values.pick(
            shape,
            i -> {
              int k = i % split.inner();
              int at = i / split.inner() % depth;
              int o = i / split.inner() / depth;
              long wanted = indices.integer(o * split.inner() + k);
              return at == (wanted < 0 ? wanted + depth : wanted) ? 1 : 0;
            }));
  }

  private static List<Array> nonZero(Call c) {
    Array x = c.in(0);
    List<int[]> found = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      if (x.real(i) != 0) {
        found.add(Indices.coordinates(i, x.shape));
      }
    }
    long[] out = new long[x.rank() * found.size()];
    for (int j = 0; j < found.size(); j++) {
      for (int axis = 0; axis < x.rank(); axis++) {
        out[axis * found.size() + j] = found.get(j)[axis];
      }
    }
    return List.of(Array.of(DType.INT64, new int[] {x.rank(), found.size()}, out));
  }

  private static List<Array> compress(Call c) {
    Array x = c.attributes().has("axis") ? c.in(0) : c.in(0).reshape(c.in(0).size());
    int axis = x.axis(c.i("axis", 0));
    int[] kept =
        IntStream.range(0, Math.min(c.in(1).size(), x.shape[axis]))
            .filter(i -> c.in(1).integer(i) != 0)
            .toArray();
    int[] shape = Indices.with(x.shape, axis, kept.length);
    return List.of(
        x.pick(
            shape,
            i -> {
              int[] at = Indices.coordinates(i, shape);
              at[axis] = kept[at[axis]];
              return Indices.position(at, x.shape);
            }));
  }

  private static List<Array> reverseSequence(Call c) {
    Array x = c.in(0);
    int batch = (int) c.i("batch_axis", 1);
    int time = (int) c.i("time_axis", 0);
    return List.of(
        x.pick(
            x.shape,
            i -> {
              int[] at = Indices.coordinates(i, x.shape);
              int length = (int) c.in(1).integer(at[batch]);
              at[time] = at[time] < length ? length - 1 - at[time] : at[time];
              return Indices.position(at, x.shape);
            }));
  }
}
