package dev.graft.backend.tensorflow;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Output;

/** Pooling and its gradients. */
final class PoolingOperators {
  private PoolingOperators() {}

  static void register(TensorFlowOperators rows) {
    rows.add("MaxPool", PoolingOperators::maximum, PoolingOperators::maxPool);
    rows.add("AveragePool", PoolingOperators::fits, PoolingOperators::averagePool);
    rows.add("GlobalAveragePool", e -> global(e, "Mean"));
    rows.add("GlobalMaxPool", e -> global(e, "Max"));
    rows.add("MaxPoolGradient", TensorFlowOperators::dynamic, PoolingOperators::maxPoolGradient);
    rows.add("AveragePoolGradient", PoolingOperators::plain, PoolingOperators::averageGradient);
  }

  private static @Nullable String fits(NodeSignature node) {
    PoolWindow w = PoolWindow.of(node.attributes());
    if (w.axes() > 3 || (w.axes() == 3 && w.dilated())) {
      return "a dilated window of three axes, or one of more";
    }
    return TensorFlowOperators.dynamic(node);
  }

  private static @Nullable String plain(NodeSignature node) {
    return PoolWindow.of(node.attributes()).dilated() ? "a dilated window" : fits(node);
  }

  private static @Nullable String maximum(NodeSignature node) {
    return node.hasOutput(1) && node.input(0).rank() == 5
        ? "the places of maxima over three axes"
        : fits(node);
  }

  private static void global(Emission e, String kind) {
    int rank = e.rank();
    if (e.prefersChannelsLast(0)) {
      e.useChannelsLast();
    }
    long[] axes = LongStream.range(2, rank).map(a -> e.place(a, rank)).toArray();
    Output<?> x = e.cast(e.in(0), Emission.computed(kind, e.dtype()));
    e.out(0, e.operation(kind, x, e.ints(axes)).setAttr("keep_dims", true).build().output(0));
  }

  /** A value as (batch, window..., channels), at least two axes of them a window's. */
  private static Output<?> image(Emission e, int i) {
    return e.rank() == 3
        ? e.reshape(e.channelsLast(i), PoolWindow.images(e.sizes(i)))
        : e.channelsLast(i);
  }

  private static void finish(Emission e, int output, Output<?> y) {
    long[] sizes = GraphWriter.outermost(e.outputSizes(output));
    e.outChannelsLast(output, sizes.length == 3 ? e.reshape(y, sizes) : y);
  }

  // --- maximum

  private static void maxPool(Emission e) {
    PoolWindow w = PoolWindow.of(e.attributes());
    long[] x = PoolWindow.images(e.sizes(0));
    long[] y = PoolWindow.images(e.outputSizes(0));
    String kind = w.axes() == 3 ? "MaxPool3D" : "MaxPool";
    DType computed = Emission.computed(kind, e.dtype());
    Output<?> image = e.cast(image(e, 0), computed);
    if (w.dilated()) {
      finish(e, 0, reduced(e, "Max", patches(e, w, lowest(e, image, w, x, y), y)));
    } else {
      boolean same = w.isSame(x, y);
      Output<?> padded = same ? image : lowest(e, image, w, x, y);
      finish(e, 0, w.pool(e.operation(kind, padded), same));
    }
    if (e.wants(1)) {
      Output<?> all = patches(e, w, lowest(e, image, w, x, y), y);
      finish(e, 1, positions(e, w, reduced(e, "ArgMax", all), x, y));
    }
  }

  /** Pads with what is never a maximum. */
  private static Output<?> lowest(
      Emission e, Output<?> image, PoolWindow w, long[] x, long[] y) {
    DType dtype = GraphWriter.dtype(image);
    double lowest = dtype.isFloating() ? Double.NEGATIVE_INFINITY : Integer.MIN_VALUE;
    return Padding.pad(
        e,
        image,
        x,
        Padding.spread(w.before()),
        Padding.spread(w.exactAfter(x, y)),
        e.number(image, dtype == DType.UINT8 ? 0 : lowest));
  }

  /** The elements under each window, as (batch, out..., place in the window, channels). */
  private static Output<?> patches(Emission e, PoolWindow w, Output<?> padded, long[] y) {
    Output<?> flat =
        e.operation("ExtractImagePatches", padded)
            .setAttr("ksizes", Padding.steps(w.kernel()))
            .setAttr("strides", Padding.steps(w.strides()))
            .setAttr("rates", Padding.steps(w.dilations()))
            .setAttr("padding", "VALID")
            .build()
            .output(0);
    return e.reshape(flat, y[0], y[1], y[2], w.size(), y[3]);
  }

  private static Output<?> reduced(Emission e, String kind, Output<?> patches) {
    DType given = GraphWriter.dtype(patches);
    Output<?> wide = e.cast(patches, Emission.computed(kind, given));
    Output<?> result = e.operation(kind, wide, e.number(3)).build().output(0);
    return kind.equals("ArgMax") ? result : e.cast(result, given);
  }

  /** ONNX counts over the whole tensor in rows: a place in the window, its corner, the plane. */
  private static Output<?> positions(
      Emission e, PoolWindow w, Output<?> place, long[] x, long[] y) {
    boolean columns = e.attributes().i("storage_order", 0) == 1;
    long down = columns ? 1 : x[2];
    long right = columns ? x[1] : 1;
    long[] inside = new long[(int) w.size()];
    long width = w.kernel()[1];
    Arrays.setAll(
        inside,
        p -> p / width * w.dilations()[0] * down + p % width * w.dilations()[1] * right);
    long[] corner = new long[(int) (y[1] * y[2])];
    Arrays.setAll(
        corner,
        i ->
            (i / y[2] * w.strides()[0] - w.before()[0]) * down
                + (i % y[2] * w.strides()[1] - w.before()[1]) * right);
    long[] plane = new long[(int) (y[0] * y[3])];
    Arrays.setAll(plane, i -> i * x[1] * x[2]);
    Output<?> offset =
        e.operation("GatherV2", e.constant(HostTensor.vector(inside)), place, e.number(0))
            .build()
            .output(0);
    Output<?> corners = e.constant(HostTensor.of(corner, 1, y[1], y[2], 1));
    Output<?> planes = e.constant(HostTensor.of(plane, y[0], 1, 1, y[3]));
    return e.call("AddV2", e.call("AddV2", offset, corners), planes);
  }

  private static void maxPoolGradient(Emission e) {
    PoolWindow w = PoolWindow.of(e.attributes());
    if (w.axes() == 3 || w.dilated()) {
      byPosition(e);
      return;
    }
    long[] x = PoolWindow.images(e.sizes(1));
    long[] y = PoolWindow.images(e.sizes(2));
    DType computed = Emission.computed("MaxPoolGrad", e.dtype());
    boolean same = w.isSame(x, y);
    Output<?> image = e.cast(image(e, 1), computed);
    Output<?> padded = same ? image : lowest(e, image, w, x, y);
    Output<?> dx =
        w.pool(
            e.operation(
                "MaxPoolGrad",
                padded,
                e.cast(image(e, 2), computed),
                e.cast(image(e, 0), computed)),
            same);
    finish(e, 0, same ? dx : w.crop(e, dx, x, y));
  }

  private static void byPosition(Emission e) {
    long n = e.outputType(0).shape().elements();
    Output<?> sums =
        e.operation(
                "UnsortedSegmentSum",
                e.reshape(e.rows(0), -1),
                e.reshape(e.rows(3), -1),
                e.number((int) n))
            .build()
            .output(0);
    e.outRows(0, e.reshape(sums, e.outputSizes(0)));
  }

  // --- average

  /**
   * TensorFlow divides by the size of the window, also over zeros that were padded; a factor per
   * place turns that into the number of elements that count.
   */
  private static void averagePool(Emission e) {
    PoolWindow w = PoolWindow.of(e.attributes());
    long[] x = PoolWindow.images(e.sizes(0));
    long[] y = PoolWindow.images(e.outputSizes(0));
    String kind = w.axes() == 3 ? "AvgPool3D" : "AvgPool";
    DType computed = Emission.computed(kind, e.dtype());
    Output<?> image = e.cast(image(e, 0), computed);
    Output<?> padded =
        Padding.zeros(
            e, image, x, Padding.spread(w.before()), Padding.spread(w.exactAfter(x, y)));
    Output<?> mean =
        w.dilated()
            ? reduced(e, "Mean", patches(e, w, padded, y))
            : w.pool(e.operation(kind, padded), false);
    finish(e, 0, scaled(e, mean, w, x, y));
  }

  private static Output<?> scaled(Emission e, Output<?> mean, PoolWindow w, long[] x, long[] y) {
    HostTensor factors =
        w.factors(
            x, y, e.attributes().i("count_include_pad", 0) == 1, GraphWriter.dtype(mean));
    boolean needed = Arrays.stream(factors.toDoubles()).anyMatch(f -> f != 1);
    return needed ? e.call("Mul", mean, e.constant(factors)) : mean;
  }

  private static void averageGradient(Emission e) {
    PoolWindow w = PoolWindow.of(e.attributes());
    long[] x = PoolWindow.images(e.outputSizes(0));
    long[] y = PoolWindow.images(e.sizes(0));
    String kind = w.axes() == 3 ? "AvgPool3DGrad" : "AvgPoolGrad";
    DType computed = Emission.computed(kind, e.dtype());
    Output<?> dy = scaled(e, e.cast(image(e, 0), computed), w, x, y);
    Output<?> dx = w.pool(e.operation(kind, e.ints(w.padded(x, y)), dy), false);
    finish(e, 0, w.crop(e, dx, x, y));
  }
}
