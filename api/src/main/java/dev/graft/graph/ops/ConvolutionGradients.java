package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The two gradients of a convolution in standard operators, right for every window. */
final class ConvolutionGradients {
  private ConvolutionGradients() {}

  /** dx is the transposed convolution of dy with the same weights. */
  static List<@Nullable Value> inputGradient(NodeContext node) {
    Value dy = node.in(0);
    Value w = node.in(1);
    Shape x = Shapes.attribute(node, "input_shape");
    Window window = Convolutions.convWindow(node);
    return Arrays.asList(transposed(dy, w, window, x, Convolutions.group(node)));
  }

  /** A transposed convolution whose output has exactly the spatial sizes of {@code to}. */
  static Value transposed(Value dy, Value w, Window window, Shape to, long group) {
    int axes = window.axes();
    long[] end = new long[axes];
    long[] extra = new long[axes];
    for (int i = 0; i < axes; i++) {
      long reached = (dy.shape().dim(i + 2).size() - 1) * window.strides()[i] + window.reach(i);
      long cut = reached - window.begin()[i] - to.dim(i + 2).size();
      // What no window reached gets zeros.
      end[i] = Math.max(0, cut);
      extra[i] = Math.max(0, -cut);
    }
    long[] pads = Arrays.copyOf(window.begin(), 2 * axes);
    System.arraycopy(end, 0, pads, axes, axes);
    Attributes a = window.attributes().with("pads", pads).with("group", group);
    boolean padded = Arrays.stream(extra).anyMatch(e -> e > 0);
    return dy.builder().op("ConvTranspose", padded ? a.with("output_padding", extra) : a, dy, w);
  }

  /**
   * dw[o, c, k] = sum over n, p of x[n, c, stride p + dilation k] dy[n, o, p]: a convolution over
   * the batch, with strides and dilations exchanged. Groups stay groups of the exchanged channels.
   */
  static List<@Nullable Value> weightGradient(NodeContext node) {
    Value x = node.in(0);
    Value dy = node.in(1);
    Shape to = Shapes.attribute(node, "weight_shape");
    long group = Convolutions.group(node);
    Window window = Window.of(node, Convolutions.kernel(to));
    Attributes exchanged =
        Attributes.of("strides", window.dilations(), "dilations", window.strides())
            .with("pads", window.pads())
            .with("group", group);
    Value dw = node.builder().op("Conv", exchanged, channelsOverBatch(x, group), swapped(dy));
    for (int axis = 2; axis < to.rank(); axis++) {
      // Elements that no window reached appear as further, unwanted places of the kernel.
      long size = to.dim(axis).size();
      dw = dw.shape().dim(axis).is(size) ? dw : dw.slice(axis, 0, size);
    }
    return Arrays.asList(swapped(dw));
  }

  /** [N, group * C, ...] as [C, group * N, ...]. */
  private static Value channelsOverBatch(Value x, long group) {
    if (group == 1) {
      return swapped(x);
    }
    long[] sizes = x.shape().sizes();
    long[] spatial = Arrays.copyOfRange(sizes, 2, sizes.length);
    long[] split = join(new long[] {sizes[0], group, sizes[1] / group}, spatial);
    long[] merged = join(new long[] {sizes[1] / group, group * sizes[0]}, spatial);
    long[] perm = LongStream.range(0, split.length).toArray();
    perm[0] = 2;
    perm[2] = 0;
    return x.reshape(split).transpose(perm).reshape(merged);
  }

  /** The first two axes exchanged. */
  private static Value swapped(Value v) {
    long[] perm = LongStream.range(0, v.rank()).toArray();
    perm[0] = 1;
    perm[1] = 0;
    return v.transpose(perm);
  }

  private static long[] join(long[] head, long[] tail) {
    return LongStream.concat(Arrays.stream(head), Arrays.stream(tail)).toArray();
  }
}
