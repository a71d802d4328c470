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
    return flat ? new long[] {sizes[0], 1, sizes[2], sizes[1]} : GraphWriter.outermost(sizes);
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
      return window(e.operation("DepthwiseConv2dNative", p, depthwise(widened(k))));
    }
    boolean dilatesItself = isDilated() && axes == 2;
    Output<?> wide = dilatesItself ? k : widened(k);
    return grouped(
        p,
        wide,
        (a, b) -> {
          GraphOperationBuilder operation = e.operation(kind(""), a, b);
          if (dilatesItself) {
            operation.setAttr("dilations", Padding.steps(dilations));
          }
          return window(operation);
        });
  }

  /** The gradient by the input; also the transposed convolution. */
  Output<?> inputGradient(Output<?> dy, Output<?> k) {
    long[] whole = reached();
    Output<?> wide = widened(k);
    if (isDepthwise()) {
      String kind = "DepthwiseConv2dNativeBackpropInput";
      return crop(window(e.operation(kind, e.ints(whole), depthwise(wide), dy)), whole);
    }
    long[] part = whole.clone();
    part[axes + 1] /= groups;
    String kind = kind("BackpropInput");
    return crop(grouped(dy, wide, (a, b) -> window(e.operation(kind, e.ints(part), b, a))), whole);
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
    long[] wide = kernel.clone();
    for (int i = 0; i < axes; i++) {
      wide[i] = reach(i);
    }
    if (isDepthwise()) {
      String kind = "DepthwiseConv2dNativeBackpropFilter";
      Output<?> sizes = e.ints(wide[0], wide[1], groups, kernel[3] / groups);
      Output<?> dk = window(e.operation(kind, p, sizes, dy));
      return narrowed(e.reshape(dk, wide), wide);
    }
    long[] part = wide.clone();
    part[axes + 1] /= groups;
    String kind = kind("BackpropFilter");
    return narrowed(grouped(p, dy, (a, b) -> window(e.operation(kind, a, e.ints(part), b))), wide);
  }

  private String kind(String what) {
    return axes == 3 ? "Conv3D" + what + (what.isEmpty() ? "" : "V2") : "Conv2D" + what;
  }

  private Output<?> window(GraphOperationBuilder operation) {
    return operation
        .setAttr("strides", Padding.steps(strides))
        .setAttr("padding", padding())
        .build()
        .output(0);
  }

  // --- groups

  /** Products of the groups, which divide the last axis of both factors and of the result. */
  private Output<?> grouped(Output<?> a, Output<?> b, BinaryOperator<Output<?>> product) {
    if (groups == 1) {
      return product.apply(a, b);
    }
    Output<?>[] as = split(a);
    Output<?>[] bs = split(b);
    List<Output<?>> results = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      results.add(product.apply(as[i], bs[i]));
    }
    return e.concat(axes + 1, results);
  }

  private Output<?>[] split(Output<?> value) {
    return e.operation("Split", e.number(axes + 1), value)
        .setAttr("num_split", (long) groups)
        .build()
        .outputList(0, groups);
  }

  /** A kernel as (window..., channels, multiplier), whose elements are in the same order. */
  private Output<?> depthwise(Output<?> k) {
    return e.reshape(k, reach(0), reach(1), groups, kernel[3] / groups);
  }

  // --- dilation

  private boolean isDilated() {
    return Arrays.stream(dilations).anyMatch(d -> d != 1);
  }

  /**
   * A kernel with zeros between its elements: but for the forward product over two axes TensorFlow
   * dilates nothing on a CPU.
   */
  private Output<?> widened(Output<?> k) {
    Output<?> wide = k;
    long[] sizes = kernel.clone();
    for (int i = 0; i < axes; i++) {
      if (dilations[i] != 1) {
        long outer = product(sizes, 0, i);
        long inner = product(sizes, i + 1, sizes.length);
        long[] apart = {outer, sizes[i], 1, inner};
        Output<?> spaced =
            Padding.zeros(
                e,
                e.reshape(wide, apart),
                apart,
                new long[4],
                new long[] {0, 0, dilations[i] - 1, 0});
        Output<?> whole = e.reshape(spaced, outer, sizes[i] * dilations[i], inner);
        sizes[i] = reach(i);
        wide = e.reshape(e.slice(whole, new long[3], new long[] {outer, reach(i), inner}), sizes);
      }
    }
    return wide;
  }

  private static long product(long[] sizes, int from, int to) {
    return Arrays.stream(sizes, from, to).reduce(1, (a, b) -> a * b);
  }

  /** The gradients of a kernel's own elements among those of a widened one. */
  private Output<?> narrowed(Output<?> dk, long[] sizes) {
    if (!isDilated()) {
      return dk;
    }
    long[] steps = new long[axes + 2];
    Arrays.fill(steps, 1);
    System.arraycopy(dilations, 0, steps, 0, axes);
    return e.operation("StridedSlice", dk, e.ints(new long[axes + 2]), e.ints(sizes), e.ints(steps))
        .build()
        .output(0);
  }

  /** The type in which TensorFlow computes convolutions of a type. */
  static DType computed(DType dtype) {
    return Emission.computed("Conv2DBackpropInput", dtype);
  }
}
