package dev.graft.testkit.cases;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;

/** Nodes that gather from and scatter to positions that are data. */
final class IndexingSamples {
  private IndexingSamples() {}

  static void addTo(Catalogue c) {
    c.add(
        3,
        d -> {
          long[] shape = d.shape(3);
          int axis = d.between(-3, 2);
          int size = (int) shape[Math.floorMod(axis, 3)];
          HostTensor indices =
              d.integers(
                  d.one(DType.INT64, DType.INT32), -size, size - 1, d.shape(d.between(0, 2)));
          return Sample.of("Gather", d.reals(shape), indices).with("axis", axis);
        });
    c.add(
        2,
        d ->
            Sample.of("GatherGradient", d.reals(5, 3), d.integers(DType.INT64, 0, 3, 5))
                .with("axis", 0)
                .with("input_shape", new long[] {4, 3}));
    c.add(
        1,
        d ->
            Sample.of("GatherGradient", d.reals(2, 2, 3, 4), d.integers(DType.INT64, 0, 4, 2, 3))
                .with("axis", 1)
                .with("input_shape", new long[] {2, 5, 4}));
    c.add(
        3,
        d ->
            Sample.of("GatherElements", d.reals(4, 3), d.integers(DType.INT64, -3, 2, 3, 3))
                .with("axis", d.one(0L, 1L)));
    c.add(2, d -> Sample.of("GatherND", d.reals(3, 4, 2), d.integers(DType.INT64, 0, 2, 5, 2)));
    c.add(
        1,
        d ->
            Sample.of("GatherND", d.reals(2, 3, 4), d.integers(DType.INT64, 0, 2, 2, 1))
                .with("batch_dims", 1));
    c.add(
        2,
        d ->
            Sample.of("ScatterElements", d.reals(4, 3), rows(d, 4, 2, 3), d.reals(2, 3))
                .with("axis", 0));
    c.add(
        2,
        d ->
            Sample.of(
                    "ScatterElements",
                    d.reals(4, 3),
                    d.integers(DType.INT64, 0, 3, 3, 2),
                    d.reals(3, 2))
                .with("axis", 0)
                .with("reduction", "add"));
    c.add(1, d -> Sample.of("ScatterND", d.reals(4, 3), rows(d, 4, 2, 1), d.reals(2, 3)));
    c.add(
        2,
        d ->
            Sample.of("ScatterND", d.reals(4, 3), d.integers(DType.INT64, 0, 2, 5, 2), d.reals(5))
                .with("reduction", "add"));
    c.add(
        3,
        d ->
            Sample.of("OneHot", d.integers(DType.INT64, -5, 4, d.shape(2)))
                .constants(HostTensor.scalar(5L), HostTensor.of(new float[] {0.25f, 2}, 2))
                .with("axis", d.between(-3, 2)));
    c.add(2, d -> Sample.of("NonZero", d.integers(DType.INT64, 0, 1, 3, 4)));
    c.add(
        2,
        d ->
            Sample.of("Compress", d.reals(4, 3))
                .constants(HostTensor.of(new boolean[] {true, false, true}, 3))
                .with("axis", d.between(0, 1)));
    c.add(
        1,
        d ->
            Sample.of("Compress", d.reals(2, 3))
                .constants(HostTensor.of(new boolean[] {false, true, true, false, true}, 5)));
    c.add(
        2,
        d ->
            Sample.of("ReverseSequence", d.reals(4, 3, 2), d.integers(DType.INT64, 1, 4, 3))
                .with("time_axis", 0)
                .with("batch_axis", 1));
  }

  /** Indices of rows; no two in a column are equal, for what wins among equals is not defined. */
  private static HostTensor rows(Draw d, int limit, int rows, int columns) {
    int[][] orders = new int[columns][];
    for (int i = 0; i < columns; i++) {
      orders[i] = d.permutation(limit);
    }
    return HostTensor.fromLongs(
        TensorType.of(DType.INT64, rows, columns), i -> orders[i % columns][i / columns]);
  }
}
