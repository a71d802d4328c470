package dev.graft.backend.tensorflow;

import dev.graft.graph.Attributes;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;

/**
 * A pooling window. Sizes are those of (batch, window..., channels), and a window of one axis is
 * one of two with height one.
 */
record PoolWindow(long[] kernel, long[] strides, long[] dilations, long[] before, long[] after) {
  static PoolWindow of(Attributes a) {
    long[] kernel = a.ints("kernel_shape", new long[0]);
    int axes = kernel.length;
    long[] ones = new long[axes];
    Arrays.fill(ones, 1);
    long[] pads = a.ints("pads", new long[2 * axes]);
    return new PoolWindow(
        lifted(kernel, 1),
        lifted(a.ints("strides", ones), 1),
        lifted(a.ints("dilations", ones), 1),
        lifted(Arrays.copyOf(pads, axes), 0),
        lifted(Arrays.copyOfRange(pads, axes, 2 * axes), 0));
  }

  private static long[] lifted(long[] values, long first) {
    return values.length == 1 ? new long[] {first, values[0]} : values;
  }

  /** The sizes of a value, given in the graph's order, as these windows see it. */
  static long[] images(long[] sizes) {
    return sizes.length == 3
        ? new long[] {sizes[0], 1, sizes[2], sizes[1]}
        : GraphWriter.outermost(sizes);
  }

  int axes() {
    return kernel.length;
  }

  /** The number of elements under the window. */
  long size() {
    return Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
  }

  boolean dilated() {
    return Arrays.stream(dilations).anyMatch(d -> d != 1);
  }

  private long reach(int i) {
    return (kernel[i] - 1) * dilations[i] + 1;
  }

  /** The positions on an axis that its windows cover, one window after the other. */
  long[] under(int axis, long windows) {
    long[] positions = new long[Math.toIntExact(windows * kernel[axis])];
    Arrays.setAll(
        positions, i -> i / kernel[axis] * strides[axis] + i % kernel[axis] * dilations[axis]);
    return positions;
  }

  /** How far apart in one channel's plane the neighbours along each axis are. */
  long[] planeStrides(long[] x, boolean columnMajor) {
    long[] result = new long[axes()];
    long stride = 1;
    for (int i = 0; i < axes(); i++) {
      int axis = columnMajor ? i : axes() - 1 - i;
      result[axis] = stride;
      stride *= x[axis + 1];
    }
    return result;
  }

  /** Where in a plane the {@code index}-th of some places is, which are {@code apart}. */
  long offset(int index, long[] sizes, long[] apart, long[] back, long[] planeStrides) {
    long rest = index;
    long offset = 0;
    for (int i = axes() - 1; i >= 0; i--) {
      offset += (rest % sizes[i] * apart[i] - back[i]) * planeStrides[i];
      rest /= sizes[i];
    }
    return offset;
  }

  /** The padding after each axis with what {@code ceil_mode} adds: windows then fit. */
  long[] exactAfter(long[] x, long[] y) {
    long[] exact = new long[axes()];
    for (int i = 0; i < axes(); i++) {
      long needed = (y[i + 1] - 1) * strides[i] + reach(i) - x[i + 1] - before[i];
      exact[i] = Math.max(needed, after[i]);
    }
    return exact;
  }

  boolean isSame(long[] x, long[] y) {
    boolean same = true;
    long[] exact = exactAfter(x, y);
    for (int i = 0; i < axes(); i++) {
      same &= Padding.isSame(x[i + 1], reach(i), strides[i], before[i], exact[i]);
    }
    return same;
  }

  /** The sizes of the padded value. */
  long[] padded(long[] x, long[] y) {
    long[] padded = x.clone();
    long[] exact = exactAfter(x, y);
    for (int i = 0; i < axes(); i++) {
      padded[i + 1] += before[i] + exact[i];
    }
    return padded;
  }

  /** Takes the padding of a gradient away. */
  Output<?> crop(Emission e, Output<?> dx, long[] x, long[] y) {
    long[] padded = padded(x, y);
    if (Arrays.equals(padded, x)) {
      return dx;
    }
    return e.slice(dx, Padding.spread(before), x);
  }

  /** Sets the window on a pooling operation and builds it. */
  Output<?> pool(GraphOperationBuilder operation, boolean same) {
    return operation
        .setAttr("ksize", Padding.steps(kernel))
        .setAttr("strides", Padding.steps(strides))
        .setAttr("padding", same ? "SAME" : "VALID")
        .build()
        .output(0);
  }

  /** The size of the window over the number of its elements that count, per place. */
  HostTensor factors(long[] x, long[] y, boolean paddingCounts, DType dtype) {
    long[] shape = y.clone();
    shape[0] = 1;
    shape[axes() + 1] = 1;
    return HostTensor.fromDoubles(
        TensorType.of(dtype, shape),
        at -> {
          double factor = 1;
          int rest = at;
          for (int i = axes() - 1; i >= 0; i--) {
            factor *= kernel[i] / counted(i, rest % y[i + 1], x[i + 1], paddingCounts);
            rest /= (int) y[i + 1];
          }
          return factor;
        });
  }

  private double counted(int axis, long place, long size, boolean paddingCounts) {
    int count = 0;
    for (int k = 0; k < kernel[axis]; k++) {
      long at = place * strides[axis] - before[axis] + k * dilations[axis];
      boolean inside = at >= 0 && at < size;
      boolean inPadding = at >= -before[axis] && at < size + after[axis];
      count += inside || (paddingCounts && inPadding) ? 1 : 0;
    }
    return count;
  }
}
