package dev.graft.testkit.cases;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Nodes of operators that move, cut, join or describe tensors. */
final class ShapeSamples {
  private ShapeSamples() {}

  static void addTo(Catalogue c) {
    c.add(2, d -> Sample.of("Shape", d.reals(d.shape(3))).with("start", d.between(-2, 1)));
    c.add(1, d -> Sample.of("Size", d.reals(d.shape(3))));
    c.add(1, d -> Sample.of("Reshape", d.reals(2, 3, 4)).vector(4, -1));
    c.add(1, d -> Sample.of("Reshape", d.reals(2, 3, 4)).vector(0, 12));
    c.add(3, d -> Sample.of("Flatten", d.reals(d.shape(3))).with("axis", d.between(-3, 3)));
    c.add(2, d -> Sample.of("Squeeze", d.reals(1, d.between(2, 4), 1, 3)).vector(d.one(0L, -2L)));
    c.add(1, d -> Sample.of("Squeeze", d.reals(1, 3, 1)));
    c.add(2, d -> Sample.of("Unsqueeze", d.reals(d.shape(2))).vector(d.one(0L, -1L), 1));
    c.add(
        3,
        d -> {
          long[] shape = d.shape();
          return Sample.of("Transpose", d.reals(shape)).with("perm", d.permutation(shape.length));
        });
    c.add(1, d -> Sample.of("Transpose", d.reals(d.shape(3))));
    c.add(
        3,
        d -> {
          long[] shape = d.shape();
          return Sample.of("Expand", d.reals(d.broadcastable(shape))).vector(shape);
        });
    c.add(3, ShapeSamples::concat);
    c.add(
        2,
        d ->
            Sample.of("Split", d.reals(2, 6))
                .vector(2, 4)
                .with("axis", 1)
                .outputs(2)
                .objectives(0, 1));
    c.add(
        1,
        d -> Sample.of("Split", d.reals(7, 2)).with("num_outputs", 3).outputs(3).objectives(0, 2));
    c.add(
        2,
        d ->
            Sample.of("Slice", d.reals(5, 6)).vector(1, 0).vector(4, 5).vector(0, -1).vector(1, 2));
    c.add(1, d -> Sample.of("Slice", d.reals(5, 6)).vector(-1).vector(-100).vector(1).vector(-2));
    c.add(1, d -> Sample.of("Slice", d.reals(5, 6)).vector(d.between(0, 2)).vector(1000));
    c.addAll(2, d -> mode -> padded(d, mode), "constant", "edge", "reflect", "wrap");
    c.add(1, d -> Sample.of("Pad", d.reals(4, 5)).vector(-1, 1, 0, -2));
    c.add(
        1,
        d ->
            Sample.of("Pad", d.reals(2, 3, 4))
                .vector(1, 2)
                .constants(HostTensor.scalar(0.5f))
                .vector(-1));
    c.add(2, d -> Sample.of("Tile", d.reals(2, 3)).vector(d.between(1, 3), d.between(1, 3)));
    c.add(
        2,
        d ->
            Sample.of("ConstantOfShape")
                .vector(d.shape(2))
                .with("value", HostTensor.of(new float[] {1.5f}, 1)));
    c.add(2, d -> Sample.of("EyeLike", d.reals(3, 5)).with("k", d.between(-2, 3)).notSmooth());
    c.add(
        2,
        d ->
            Sample.of("Range")
                .constants(
                    HostTensor.scalar((long) d.between(-3, 3)),
                    HostTensor.scalar((long) d.between(4, 9)),
                    HostTensor.scalar((long) d.between(1, 3))));
    c.add(
        3,
        d ->
            Sample.of("Trilu", d.reals(d.shape(3)))
                .constants(HostTensor.scalar((long) d.between(-2, 2)))
                .with("upper", d.between(0, 1)));
    c.addAll(
        1,
        d ->
            mode ->
                Sample.of("DepthToSpace", d.reals(2, 8, 2, 3))
                    .with("blocksize", 2)
                    .with("mode", mode),
        "DCR",
        "CRD");
    c.add(2, d -> Sample.of("SpaceToDepth", d.reals(2, 2, 4, 6)).with("blocksize", 2));
    c.add(
        1,
        d ->
            Sample.of("Concat", d.integers(DType.INT64, 0, 9, 2), d.integers(DType.INT64, 0, 9, 3))
                .with("axis", 0));
  }

  private static Sample concat(Draw d) {
    long[] shape = d.shape();
    int axis = d.between(0, shape.length - 1);
    HostTensor[] parts =
        IntStream.range(0, d.between(1, 3))
            .mapToObj(
                i -> {
                  long[] own = shape.clone();
                  own[axis] = d.between(1, 3);
                  return d.reals(own);
                })
            .toArray(HostTensor[]::new);
    return Sample.of("Concat", parts).with("axis", d.coin() ? axis : axis - shape.length);
  }

  private static Sample padded(Draw d, String mode) {
    long[] pads = new long[6];
    Arrays.setAll(pads, i -> d.between(0, 2));
    return Sample.of("Pad", d.reals(3, 4, 3)).vector(pads).with("mode", mode);
  }
}
