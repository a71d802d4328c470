package dev.graft.backend.tensorflow;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Output;

/** Pooling and its gradients. */
final class PoolingOperators {
  private PoolingOperators() {}

  static void register(TensorFlowOperators rows) {
    rows.add("MaxPool", PoolingOperators::fits, PoolingOperators::maxPool);
    rows.add("AveragePool", PoolingOperators::fits, PoolingOperators::averagePool);
    rows.add("GlobalAveragePool", e -> global(e, "Mean"));
    rows.add("GlobalMaxPool", e -> global(e, "Max"));
    rows.add("MaxPoolGradient", TensorFlowOperators::dynamic, PoolingOperators::maxPoolGradient);
    rows.add("AveragePoolGradient", PoolingOperators::plain, PoolingOperators::averageGradient);
  }

  private static @Nullable String fits(NodeSignature node, boolean bound) {
    int axes = node.input(0).rank() - 2;
    return axes >= 1 && axes <= 3
        ? TensorFlowOperators.dynamic(node, bound)
        : "windows over " + axes + " axes";
  }

  private static @Nullable String plain(NodeSignature node, boolean bound) {
    return PoolWindow.of(node.attributes()).dilated() ? "a dilated window" : fits(node, bound);
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
    if (w.dilated() || !Kernels.has(kind, computed)) {
      Output<?> all = patches(e, w, lowest(e, image, w, x, y), y);
      finish(e, 0, reduced(e, "Max", w, all));
    } else {
      boolean same = w.isSame(x, y);
      Output<?> padded = same ? image : lowest(e, image, w, x, y);
      finish(e, 0, w.pool(e.operation(kind, padded), same));
    }
    if (e.wants(1)) {
      Output<?> all = patches(e, w, lowest(e, image, w, x, y), y);
      finish(e, 1, positions(e, w, reduced(e, "ArgMax", w, all), x, y));
    }
  }

  /** Pads with what is never a maximum. */
  private static Output<?> lowest(Emission e, Output<?> image, PoolWindow w, long[] x, long[] y) {
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
    int axes = w.axes();
    Output<?> all = padded;
    long[] apart = new long[2 * axes + 2];
    long[] together = new long[axes + 3];
    long[] perm = new long[2 * axes + 2];
    for (int i = 0; i < axes; i++) {
      Output<?> under = e.ints(w.under(i, y[i + 1]));
      all = e.operation("GatherV2", all, under, e.number(i + 1)).build().output(0);
      apart[2 * i + 1] = y[i + 1];
      apart[2 * i + 2] = w.kernel()[i];
      together[i + 1] = y[i + 1];
      perm[i + 1] = 2 * i + 1;
      perm[axes + i + 1] = 2 * i + 2;
    }
    apart[0] = y[0];
    apart[2 * axes + 1] = y[axes + 1];
    perm[2 * axes + 1] = 2 * axes + 1;
    together[0] = y[0];
    together[axes + 1] = w.size();
    together[axes + 2] = y[axes + 1];
    return e.reshape(e.transpose(e.reshape(all, apart), perm), together);
  }

  private static Output<?> reduced(Emission e, String kind, PoolWindow w, Output<?> patches) {
    DType given = GraphWriter.dtype(patches);
    Output<?> wide = e.cast(patches, Emission.computed(kind, given));
    Output<?> result = e.operation(kind, wide, e.number(w.axes() + 1)).build().output(0);
    return kind.equals("ArgMax") ? result : e.cast(result, given);
  }

  /** ONNX counts over the whole tensor in rows: a place in the window, its corner, the plane. */
  private static Output<?> positions(
      Emission e, PoolWindow w, Output<?> place, long[] x, long[] y) {
    int axes = w.axes();
    long[] steps = w.planeStrides(x, e.attributes().i("storage_order", 0) == 1);
    long area = 1;
    for (int i = 0; i < axes; i++) {
      area *= x[i + 1];
    }
    long planeSize = area;
    long[] inside = new long[(int) w.size()];
    Arrays.setAll(inside, p -> w.offset(p, w.kernel(), w.dilations(), new long[axes], steps));
    long[] out = Arrays.copyOfRange(y, 1, axes + 1);
    HostTensor corners =
        HostTensor.fromLongs(
            TensorType.of(DType.INT64, Padding.steps(out)),
            p -> w.offset(p, out, w.strides(), w.before(), steps));
    long[] images = new long[axes + 2];
    Arrays.fill(images, 1);
    images[0] = y[0];
    images[axes + 1] = y[axes + 1];
    HostTensor planes =
        HostTensor.fromLongs(TensorType.of(DType.INT64, images), i -> i * planeSize);
    Output<?> offset =
        e.operation("GatherV2", e.constant(HostTensor.vector(inside)), place, e.number(0))
            .build()
            .output(0);
    return e.call("AddV2", e.call("AddV2", offset, e.constant(corners)), e.constant(planes));
  }

  private static void maxPoolGradient(Emission e) {
    PoolWindow w = PoolWindow.of(e.attributes());
    String kind = w.axes() == 3 ? "MaxPool3DGrad" : "MaxPoolGrad";
    DType computed = Emission.computed(kind, e.dtype());
    if (w.dilated() || !Kernels.has(kind, computed)) {
      byPosition(e);
      return;
    }
    long[] x = PoolWindow.images(e.sizes(1));
    long[] y = PoolWindow.images(e.sizes(2));
    boolean same = w.isSame(x, y);
    Output<?> image = e.cast(image(e, 1), computed);
    Output<?> padded = same ? image : lowest(e, image, w, x, y);
    Output<?> dx =
        w.pool(
            e.operation(kind, padded, e.cast(image(e, 2), computed), e.cast(image(e, 0), computed)),
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
        Padding.zeros(e, image, x, Padding.spread(w.before()), Padding.spread(w.exactAfter(x, y)));
    Output<?> mean =
        w.dilated()
            ? reduced(e, "Mean", w, patches(e, w, padded, y))
            : w.pool(e.operation(kind, padded), false);
    finish(e, 0, scaled(e, mean, w, x, y));
  }

  private static Output<?> scaled(Emission e, Output<?> mean, PoolWindow w, long[] x, long[] y) {
    HostTensor factors =
        w.factors(x, y, e.attributes().i("count_include_pad", 0) == 1, GraphWriter.dtype(mean));
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
