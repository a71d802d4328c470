package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The gradients of pooling in standard operators. */
final class PoolingGradients {
  private PoolingGradients() {}

  /** Adds each element of dy to the place of its maximum; the places index the flat input. */
  static List<@Nullable Value> maxPool(NodeContext node) {
    Value dy = node.in(0);
    TensorType x = node.type(1);
    Value zeros = node.builder().zeros(x.withShape(Shape.of(x.shape().elements())));
    Window window = Pooling.window(node);
    Attributes add = window.isDisjoint() ? Attributes.NONE : Attributes.of("reduction", "add");
    Value dx =
        node.builder().op("ScatterElements", add, zeros, node.in(3).reshape(-1), dy.reshape(-1));
    return Arrays.asList(dx.reshape(x.shape().sizes()));
  }

  /** Spreads each element of dy evenly over its window. */
  static List<@Nullable Value> averagePool(NodeContext node) {
    Value dy = node.in(0);
    Shape x = Shapes.attribute(node, "input_shape");
    Window window = Pooling.window(node);
    boolean padding = node.attributes().i("count_include_pad", 0) != 0;
    double kernel = Arrays.stream(window.kernel()).reduce(1, (a, b) -> a * b);
    Value weighted = dy;
    double weight = 1;
    if (isUniform(window, x, dy.shape(), padding)) {
      weight = 1 / kernel;
    } else {
      for (int i = 0; i < window.axes(); i++) {
        weighted = weighted.mul(shares(dy, window, i, x.dim(i + 2).size(), padding));
      }
    }
    if (window.tiles()) {
      return Arrays.asList(repeated(weight == 1 ? weighted : weighted.mul(weight), window, x));
    }
    HostTensor ones = HostTensor.full(new TensorType(dy.dtype(), kernelShape(window)), weight);
    Value spread =
        ConvolutionGradients.transposed(
            channelsAsBatch(weighted), dy.builder().constant(ones), window, x, 1);
    return Arrays.asList(spread.reshape(x.sizes()));
  }

  /** Whether every output is the mean of as many elements. */
  private static boolean isUniform(Window w, Shape x, Shape y, boolean padding) {
    for (int i = 0; i < w.axes(); i++) {
      for (long count : counts(w, i, x.dim(i + 2).size(), y.dim(i + 2).size(), padding)) {
        if (count != w.kernel()[i]) {
          return false;
        }
      }
    }
    return true;
  }

  /** One over the number of elements of each window along an axis. */
  private static Value shares(Value dy, Window w, int axis, long size, boolean padding) {
    int outputs = (int) dy.shape().dim(axis + 2).size();
    long[] counts = counts(w, axis, size, outputs, padding);
    long[] shape = new long[w.axes()];
    Arrays.fill(shape, 1);
    shape[axis] = outputs;
    return dy.builder()
        .constant(HostTensor.fromDoubles(TensorType.of(dy.dtype(), shape), i -> 1.0 / counts[i]));
  }

  /** How many elements each window along an axis averages. */
  private static long[] counts(Window w, int axis, long size, long outputs, boolean padding) {
    long low = padding ? 0 : w.begin()[axis];
    long high = w.begin()[axis] + size + (padding ? w.end()[axis] : 0);
    long[] counts = new long[(int) outputs];
    for (int o = 0; o < outputs; o++) {
      for (int k = 0; k < w.kernel()[axis]; k++) {
        long at = o * w.strides()[axis] + k * w.dilations()[axis];
        counts[o] += at >= low && at < high ? 1 : 0;
      }
    }
    return counts;
  }

  /** Each element repeated over its window, where windows tile the input; zeros in the rest. */
  private static Value repeated(Value dy, Window window, Shape x) {
    List<Dim> split = new ArrayList<>(dy.shape().dims().subList(0, 2));
    List<Dim> wide = new ArrayList<>(split);
    List<Dim> merged = new ArrayList<>(split);
    long[] pads = new long[2 * x.rank()];
    for (int i = 0; i < window.axes(); i++) {
      Dim windows = dy.shape().dim(i + 2);
      Dim kernel = Dim.of(window.kernel()[i]);
      split.addAll(List.of(windows, Dim.of(1)));
      wide.addAll(List.of(windows, kernel));
      merged.add(windows.times(kernel));
      pads[x.rank() + i + 2] = x.dim(i + 2).size() - windows.times(kernel).size();
    }
    Value copies =
        dy.builder()
            .op(
                "Expand",
                dy.reshape(new Shape(split).sizes()),
                dy.builder().vector(new Shape(wide).sizes()))
            .reshape(new Shape(merged).sizes());
    boolean padded = Arrays.stream(pads).anyMatch(p -> p > 0);
    return padded ? dy.builder().op("Pad", copies, dy.builder().vector(pads)) : copies;
  }

  /** [N, C, ...] as [N * C, 1, ...], so that one kernel serves all channels. */
  static Value channelsAsBatch(Value x) {
    List<Dim> dims = new ArrayList<>(x.shape().dims());
    dims.set(0, dims.get(0).times(dims.get(1)));
    dims.set(1, Dim.of(1));
    return Sizes.reshape(x, dims);
  }

  /** The shape of a kernel from one channel to one channel. */
  static Shape kernelShape(Window window) {
    List<Dim> dims = new ArrayList<>(List.of(Dim.of(1), Dim.of(1)));
    for (long k : window.kernel()) {
      dims.add(Dim.of(k));
    }
    return new Shape(dims);
  }
}
