package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The window that a convolution or pooling slides over the spatial axes of {@code [batch, channels,
 * ...]}, with defaults filled in. Arrays have one entry per spatial axis.
 *
 * @param kernel window sizes, before dilation
 * @param strides steps between windows
 * @param dilations steps between the elements of a window
 * @param begin padding before each axis; zeros where {@code autoPad} is not resolved
 * @param end padding after each axis
 * @param autoPad ONNX's {@code auto_pad}: {@code NOTSET}, {@code VALID}, {@code SAME_UPPER} or
 *     {@code SAME_LOWER}
 * @param ceil whether a last, partial window counts (pooling only)
 */
record Window(
    long[] kernel,
    long[] strides,
    long[] dilations,
    long[] begin,
    long[] end,
    String autoPad,
    boolean ceil) {

  static Window of(NodeContext node, long[] kernel) {
    Attributes a = node.attributes();
    int axes = kernel.length;
    long[] pads = sized(node, "pads", a.ints("pads", new long[2 * axes]), 2 * axes);
    return new Window(
        kernel,
        sized(node, "strides", a.ints("strides", ones(axes)), axes),
        sized(node, "dilations", a.ints("dilations", ones(axes)), axes),
        Arrays.copyOf(pads, axes),
        Arrays.copyOfRange(pads, axes, 2 * axes),
        a.s("auto_pad", "NOTSET"),
        a.i("ceil_mode", 0) != 0);
  }

  private static long[] sized(NodeContext node, String name, long[] values, int length) {
    if (values.length != length) {
      throw node.error(
          "has " + values.length + " values in attribute '" + name + "', but needs " + length);
    }
    return values;
  }

  private static long[] ones(int n) {
    long[] ones = new long[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  int axes() {
    return kernel.length;
  }

  boolean isSame() {
    return autoPad.startsWith("SAME");
  }

  /** The reach of the dilated window along an axis. */
  long reach(int axis) {
    return (kernel[axis] - 1) * dilations[axis] + 1;
  }

  /** Whether no element of the input is in two windows. */
  boolean isDisjoint() {
    return IntStream.range(0, axes()).allMatch(i -> strides[i] >= reach(i));
  }

  /** Whether the windows lie side by side, without padding, as in most pooling. */
  boolean tiles() {
    return !ceil
        && Arrays.stream(pads()).allMatch(p -> p == 0)
        && IntStream.range(0, axes())
            .allMatch(i -> strides[i] == kernel[i] && reach(i) == kernel[i]);
  }

  /** The number of windows along a spatial axis of the given size. */
  Dim outputSize(NodeContext node, int axis, Dim size) {
    long stride = strides[axis];
    if (isSame()) {
      return size.plus(Dim.of(stride - 1)).floorDiv(Dim.of(stride));
    }
    Dim room = size.plus(Dim.of(begin[axis] + end[axis] - reach(axis)));
    if (room.isFixed() && room.size() < 0 && !(ceil && room.size() > -stride)) {
      throw node.error(
          "has a window of " + reach(axis) + ", larger than the padded input " + node.inputs());
    }
    if (!ceil) {
      return room.floorDiv(Dim.of(stride)).plus(Dim.of(1));
    }
    Dim windows = room.plus(Dim.of(stride - 1)).floorDiv(Dim.of(stride)).plus(Dim.of(1));
    // A window that would begin in the padding after the input is left out.
    boolean outside =
        windows.isFixed() && (windows.size() - 1) * stride >= size.size() + begin[axis];
    return outside ? windows.minus(Dim.of(1)) : windows;
  }

  /** The output shape for an input {@code [batch, channels, ...]}. */
  Shape outputShape(NodeContext node, Shape input, Dim channels) {
    List<Dim> dims = new ArrayList<>(List.of(input.dim(0), channels));
    for (int i = 0; i < axes(); i++) {
      dims.add(outputSize(node, i, input.dim(i + 2)));
    }
    return new Shape(dims);
  }

  /** This window with {@code auto_pad} turned into padding for a fixed input shape. */
  Window resolved(NodeContext node, Shape input) {
    if (!isSame()) {
      return new Window(kernel, strides, dilations, begin, end, "NOTSET", ceil);
    }
    long[] before = new long[axes()];
    long[] after = new long[axes()];
    for (int i = 0; i < axes(); i++) {
      Dim size = input.dim(i + 2);
      long windows = outputSize(node, i, size).size();
      long total = Math.max(0, (windows - 1) * strides[i] + reach(i) - size.size());
      before[i] = autoPad.equals("SAME_UPPER") ? total / 2 : total - total / 2;
      after[i] = total - before[i];
    }
    return new Window(kernel, strides, dilations, before, after, "NOTSET", ceil);
  }

  /** This window, its padding explicit, with enough of it after the input for every output. */
  Window covering(Shape input, Shape output) {
    long[] after = end.clone();
    for (int i = 0; i < axes(); i++) {
      long last = (output.dim(i + 2).size() - 1) * strides[i] + reach(i);
      after[i] = Math.max(after[i], last - begin[i] - input.dim(i + 2).size());
    }
    return new Window(kernel, strides, dilations, begin, after, "NOTSET", false);
  }

  /** The padding as ONNX's attribute: all beginnings, then all ends. */
  long[] pads() {
    long[] pads = Arrays.copyOf(begin, 2 * axes());
    System.arraycopy(end, 0, pads, axes(), axes());
    return pads;
  }

  /** Attributes {@code strides}, {@code pads} and {@code dilations} of this window. */
  Attributes attributes() {
    return Attributes.of("strides", strides, "pads", pads()).with("dilations", dilations);
  }
}
