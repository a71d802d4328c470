package dev.graft.backend.tensorflow;

import dev.graft.graph.Attributes;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;

/**
 * One convolution with its sizes, and the three products that belong to it: the result, and the
 * gradients by the input and by the kernel. Values are (batch, window..., channels), kernels
 * (window..., in, out). One-dimensional windows are two-dimensional ones of height one.
 *
 * <p>TensorFlow pads on its own accord only equally ({@code SAME}); other padding is added before
 * and taken away after.
 */
final class Convolution {
  private final Emission e;
  private final long[] x;
  private final long[] kernel;
  private final long[] y;
  private final long[] strides;
  private final long[] dilations;
  private final long[] before;
  private final long[] after;
  private final int groups;
  private final int axes;

  /**
   * @param x the sizes of the input in the graph's order
   * @param weight the sizes of the weight, (out, in / group, window...)
   * @param y the sizes of the result
   */
  Convolution(Emission e, long[] x, long[] weight, long[] y) {
    this.e = e;
    Attributes a = e.attributes();
    int given = x.length - 2;
    boolean flat = given == 1;
    this.axes = flat ? 2 : given;
    long[] ones = new long[given];
    Arrays.fill(ones, 1);
    long[] pads = a.ints("pads", new long[2 * given]);
    this.strides = lifted(a.ints("strides", ones), 1, flat);
    this.dilations = lifted(a.ints("dilations", ones), 1, flat);
    this.before = lifted(Arrays.copyOf(pads, given), 0, flat);
    this.after = lifted(Arrays.copyOfRange(pads, given, 2 * given), 0, flat);
    this.groups = (int) a.i("group", 1);
    this.x = images(x, flat);
    this.y = images(y, flat);
    long[] window = lifted(Arrays.copyOfRange(weight, 2, weight.length), 1, flat);
    this.kernel = Arrays.copyOf(window, axes + 2);
    this.kernel[axes] = weight[1];
    this.kernel[axes + 1] = weight[0];
  }

  private static long[] lifted(long[] values, long first, boolean flat) {
    return flat ? new long[] {first, values[0]} : values;
  }

  private static long[] images(long[] sizes, boolean flat) {
    return flat
        ? new long[] {sizes[0], 1, sizes[2], sizes[1]}
        : GraphWriter.outermost(sizes);
  }

  /** Whether a TensorFlow kernel on a CPU takes such a window. */
  static boolean fits(Attributes a, int axes) {
    long[] dilations = a.ints("dilations");
    boolean dilated = dilations != null && Arrays.stream(dilations).anyMatch(d -> d != 1);
    return axes >= 1 && axes <= 3 && !(axes == 3 && dilated);
  }

  // --- values and kernels in TensorFlow's sizes

  Output<?> image(Output<?> channelsLast, long[] wanted) {
    return axes + 2 == e.rank() ? channelsLast : e.reshape(channelsLast, wanted);
  }

  Output<?> input(int i) {
    return image(e.channelsLast(i), x);
  }

  Output<?> result(int i) {
    return image(e.channelsLast(i), y);
  }

  Output<?> kernel(int i) {
    Output<?> k = e.kernel(i);
    return axes + 2 == e.rank() ? k : e.reshape(k, kernel);
  }

  private boolean isDepthwise() {
    return groups > 1
        && axes == 2
        && groups == x[axes + 1]
        && kernel[axes] == 1
        && strides[0] == strides[1];
  }

  private long reach(int axis) {
    return (kernel[axis] - 1) * dilations[axis] + 1;
  }

  private boolean isSame() {
    boolean same = true;
    for (int i = 0; i < axes; i++) {
      same &= Padding.isSame(x[i + 1], reach(i), strides[i], before[i], after[i]);
    }
    return same;
  }

  private boolean isValid() {
    return Arrays.stream(before).allMatch(p -> p == 0)
        && Arrays.stream(after).allMatch(p -> p == 0);
  }

  private String padding() {
    return isSame() ? "SAME" : "VALID";
  }

  /** The sizes of the input as the engine sees it. */
  private long[] padded() {
    long[] padded = x.clone();
    for (int i = 0; i < axes && !isSame(); i++) {
      padded[i + 1] += before[i] + after[i];
    }
    return padded;
  }

  private Output<?> pad(Output<?> input) {
    return isSame() || isValid()
        ? input
        : Padding.zeros(e, input, x, Padding.spread(before), Padding.spread(after));
  }

  private Output<?> crop(Output<?> input, long[] sizes) {
    if (isSame() || Arrays.equals(sizes, x)) {
      return input;
    }
    long[] less = Arrays.stream(before).map(p -> -p).toArray();
    long[] rest = new long[axes];
    Arrays.setAll(rest, i -> x[i + 1] - sizes[i + 1] + before[i]);
    return Padding.zeros(e, input, sizes, Padding.spread(less), Padding.spread(rest));
  }

  // --- the three products

  Output<?> forward(Output<?> input, Output<?> k) {
    Output<?> p = pad(input);
    if (isDepthwise()) {
      return build(e.operation("DepthwiseConv2dNative", p, widened(depthwise(k))), true);
    }
    return grouped(
        p, axes + 1, k, axes + 1, axes + 1, (a, b) -> build(e.operation(kind(""), a, b), false));
  }

  /** The gradient by the input; also the transposed convolution. */
  Output<?> inputGradient(Output<?> dy, Output<?> k) {
    long[] whole = reached();
    Output<?> dx;
    if (isDepthwise()) {
      dx =
          build(
              e.operation(
                  "DepthwiseConv2dNativeBackpropInput",
                  e.ints(whole),
                  widened(depthwise(k)),
                  dy),
              true);
    } else {
      long[] part = whole.clone();
      part[axes + 1] /= groups;
      dx =
          grouped(
              dy,
              axes + 1,
              k,
              axes + 1,
              axes + 1,
              (a, b) ->
                  build(e.operation(kind("BackpropInput"), e.ints(part), b, a), false));
    }
    return crop(dx, whole);
  }

  /**
   * The sizes of the input that a gradient is computed for: all of it, unless a transposed
   * convolution reaches less far than its result is to be.
   */
  private long[] reached() {
    long[] whole = padded();
    for (int i = 0; i < axes && !isSame(); i++) {
      boolean regular = (whole[i + 1] - reach(i)) / strides[i] + 1 == y[i + 1];
      if (!regular || whole[i + 1] < reach(i)) {
        whole[i + 1] = (y[i + 1] - 1) * strides[i] + reach(i);
      }
    }
    return whole;
  }

  Output<?> weightGradient(Output<?> input, Output<?> dy) {
    Output<?> p = pad(input);
    if (isDepthwise()) {
      long[] sizes = {
        reach(0), reach(1), kernel[3] / (kernel[3] / groups), kernel[3] / groups
      };
      Output<?> dk =
          build(
              e.operation("DepthwiseConv2dNativeBackpropFilter", p, e.ints(sizes), dy), true);
      return e.reshape(narrowed(dk, sizes), kernel);
    }
    long[] part = kernel.clone();
    part[axes + 1] /= groups;
    return grouped(
        p,
        axes + 1,
        dy,
        axes + 1,
        axes + 1,
        (a, b) -> build(e.operation(kind("BackpropFilter"), a, e.ints(part), b), false));
  }

  private String kind(String what) {
    return axes == 3
        ? "Conv3D" + what + (what.isEmpty() ? "" : "V2")
        : "Conv2D" + what;
  }

  private Output<?> build(GraphOperationBuilder operation, boolean depthwise) {
    operation.setAttr("strides", Padding.steps(strides)).setAttr("padding", padding());
    if (!depthwise && axes == 2) {
      operation.setAttr("dilations", Padding.steps(dilations));
    }
    return operation.build().output(0);
  }

  // --- groups

  private Output<?> grouped(
      Output<?> a,
      int axisOfA,
      Output<?> b,
      int axisOfB,
      int axisOfResult,
      BinaryOperator<Output<?>> product) {
    if (groups == 1) {
      return product.apply(a, b);
    }
    Output<?>[] as = split(a, axisOfA);
    Output<?>[] bs = split(b, axisOfB);
    List<Output<?>> results = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      results.add(product.apply(as[i], bs[i]));
    }
    return e.concat(axisOfResult, results);
  }

  private Output<?>[] split(Output<?> value, int axis) {
    return e.operation("Split", e.number(axis), value)
        .setAttr("num_split", (long) groups)
        .build()
        .outputList(0, groups);
  }

  // --- depthwise kernels

  /** (window..., channels, multiplier), whose elements are in the same order. */
  private Output<?> depthwise(Output<?> k) {
    return e.reshape(k, kernel[0], kernel[1], groups, kernel[3] / groups);
  }

  private boolean isDilated() {
    return Arrays.stream(dilations).anyMatch(d -> d != 1);
  }

  /** Zeros between the elements: TensorFlow dilates depthwise windows on no CPU. */
  private Output<?> widened(Output<?> k) {
    if (!isDilated()) {
      return k;
    }
    long channels = groups;
    long multiplier = kernel[3] / groups;
    long[] apart = {kernel[0], 1, kernel[1], 1, channels, multiplier};
    long[] after = {0, dilations[0] - 1, 0, dilations[1] - 1, 0, 0};
    Output<?> spaced = Padding.zeros(e, e.reshape(k, apart), apart, new long[6], after);
    Output<?> whole =
        e.reshape(
            spaced, kernel[0] * dilations[0], kernel[1] * dilations[1], channels, multiplier);
    return e.slice(
        whole, new long[4], new long[] {reach(0), reach(1), channels, multiplier});
  }

  private Output<?> narrowed(Output<?> dk, long[] sizes) {
    if (!isDilated()) {
      return dk;
    }
    return e.operation(
            "StridedSlice",
            dk,
            e.ints(0, 0, 0, 0),
            e.ints(sizes),
            e.ints(dilations[0], dilations[1], 1, 1))
        .build()
        .output(0);
  }

  /** The type in which TensorFlow computes convolutions of a type. */
  static DType computed(DType dtype) {
    return Emission.computed("Conv2DBackpropInput", dtype);
  }
}
