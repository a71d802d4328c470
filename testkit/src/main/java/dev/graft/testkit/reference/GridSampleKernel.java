package dev.graft.testkit.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Sampling of tensors at points of a grid, in any number of dimensions. */
final class GridSampleKernel {
  private final Array x;
  private final int[] spatial;
  private final String mode;
  private final String padding;
  private final boolean alignCorners;

  private GridSampleKernel(Call call) {
    this.x = call.in(0);
    this.spatial = Arrays.copyOfRange(x.shape, 2, x.rank());
    this.mode = call.attributes().s("mode", "linear");
    this.padding = call.attributes().s("padding_mode", "zeros");
    this.alignCorners = call.flag("align_corners");
    if (!mode.equals("linear") && !mode.equals("nearest")) {
      throw new IllegalArgumentException("there is no reference for the mode '" + mode + "'");
    }
  }

  static void register(Map<String, Kernel> table) {
    table.put("GridSample", c -> List.of(new GridSampleKernel(c).run(c.in(1))));
  }

  private Array run(Array grid) {
    int axes = spatial.length;
    int points = grid.size() / axes / x.shape[0];
    int channels = x.shape[1];
    int[] shape = x.shape.clone();
    System.arraycopy(grid.shape, 1, shape, 2, axes);
    double[] out = new double[x.shape[0] * channels * points];
    double[] at = new double[axes];
    for (int n = 0; n < x.shape[0]; n++) {
      for (int p = 0; p < points; p++) {
        for (int axis = 0; axis < axes; axis++) {
          // The grid names the last axis first.
          double point = grid.real((n * points + p) * axes + axes - 1 - axis);
          at[axis] = place(point, spatial[axis]);
        }
        for (int c = 0; c < channels; c++) {
          out[(n * channels + c) * points + p] = interpolate(n * channels + c, at);
        }
      }
    }
    return Array.of(x.dtype, shape, out);
  }

  /** From [-1, 1] to pixels; points outside are brought in as the padding says. */
  private double place(double point, int size) {
    double p = alignCorners ? (point + 1) / 2 * (size - 1) : ((point + 1) * size - 1) / 2;
    p = mode.equals("nearest") ? Math.rint(p) : p;
    return switch (padding) {
      case "border" -> Math.max(0, Math.min(size - 1, p));
      case "reflection" -> reflect(p, size);
      default -> p;
    };
  }

  private double reflect(double p, int size) {
    double low = alignCorners ? 0 : -0.5;
    double high = alignCorners ? size - 1 : size - 0.5;
    double r = p;
    while (high > low && (r < low || r > high)) {
      r = r < low ? 2 * low - r : 2 * high - r;
    }
    return Math.max(0, Math.min(size - 1, r));
  }

  private double interpolate(int channel, double[] at) {
    double sum = 0;
    int corners = mode.equals("nearest") ? 1 : 1 << at.length;
    for (int corner = 0; corner < corners; corner++) {
      double weight = 1;
      int position = channel;
      boolean inside = true;
      for (int axis = 0; axis < at.length; axis++) {
        int low = (int) Math.floor(at[axis]);
        boolean upper = (corner >> axis & 1) == 1;
        int index = upper ? low + 1 : low;
        weight *= corners == 1 ? 1 : upper ? at[axis] - low : low + 1 - at[axis];
        inside &= !padding.equals("zeros") || (index >= 0 && index < spatial[axis]);
        position = position * spatial[axis] + Math.max(0, Math.min(spatial[axis] - 1, index));
      }
      sum += inside ? weight * x.real(position) : 0;
    }
    return sum;
  }
}
