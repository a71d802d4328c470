package dev.graft.testkit.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Resize: interpolation axis by axis. Along each axis an output element is a weighted sum of a few
 * input elements; the modes differ in where it looks and with which weights.
 */
final class ResizeKernel {
  private final Call call;
  private final Array x;
  private final String mode;
  private final String coordinates;

  private ResizeKernel(Call call) {
    this.call = call;
    this.x = call.in(0);
    this.mode = call.attributes().s("mode", "nearest");
    this.coordinates = call.attributes().s("coordinate_transformation_mode", "half_pixel");
  }

  static void register(Map<String, Kernel> table) {
    table.put("Resize", c -> List.of(new ResizeKernel(c).run()));
  }

  /** What is known of one axis: sizes, scale and the region of interest. */
  private record Axis(int in, int out, double scale, double roiStart, double roiEnd) {}

  /** The weighted sum for one output element: input positions (may be outside) and weights. */
  private record Stencil(int first, double[] weights, boolean outside) {}

  private Array run() {
    Axis[] axes = axes();
    Array current = x;
    for (int i = 0; i < axes.length; i++) {
      Axis axis = axes[i];
      if (axis.in == axis.out && axis.scale == 1 && !coordinates.equals("tf_crop_and_resize")) {
        continue;
      }
      current = interpolate(current, i, axis);
    }
    if (coordinates.equals("tf_crop_and_resize")) {
      current = extrapolate(current, axes);
    }
    return current;
  }

  private Array interpolate(Array from, int at, Axis axis) {
    int[] shape = Indices.with(from.shape, at, axis.out);
    Indices.Split source = Indices.Split.at(from.shape, at);
    Indices.Split target = Indices.Split.at(shape, at);
    double[] in = from.reals();
    double[] out = new double[Indices.size(shape)];
    for (int i = 0; i < axis.out; i++) {
      Stencil stencil = stencil(i, axis);
      for (int o = 0; o < source.outer(); o++) {
        for (int k = 0; k < source.inner(); k++) {
          double sum = 0;
          for (int j = 0; j < stencil.weights.length; j++) {
            // Outside the input its border is repeated.
            int p = Math.max(0, Math.min(axis.in - 1, stencil.first + j));
            sum += stencil.weights[j] * in[source.position(o, p, k)];
          }
          out[target.position(o, i, k)] = sum;
        }
      }
    }
    return Array.of(from.dtype, shape, out);
  }

  private Array extrapolate(Array y, Axis[] axes) {
    double filling = call.f("extrapolation_value", 0);
    double[] out = y.reals().clone();
    for (int at = 0; at < axes.length; at++) {
      Indices.Split split = Indices.Split.at(y.shape, at);
      for (int i = 0; i < split.size(); i++) {
        if (stencil(i, axes[at]).outside) {
          for (int o = 0; o < split.outer(); o++) {
            for (int k = 0; k < split.inner(); k++) {
              out[split.position(o, i, k)] = filling;
            }
          }
        }
      }
    }
    return Array.of(y.dtype, y.shape, out);
  }

  // --- sizes

  private Axis[] axes() {
    long[] listed = call.attributes().ints("axes");
    int[] axes =
        listed == null
            ? IntStream.range(0, x.rank()).toArray()
            : Arrays.stream(listed).mapToInt(x::axis).toArray();
    Axis[] result = new Axis[x.rank()];
    for (int i = 0; i < result.length; i++) {
      result[i] = new Axis(x.shape[i], x.shape[i], 1, 0, 1);
    }
    boolean bySizes = call.has(3) && call.in(3).size() > 0;
    double common = bySizes ? commonScale(axes) : 0;
    boolean crop = coordinates.equals("tf_crop_and_resize") && call.has(1) && call.in(1).size() > 0;
    for (int i = 0; i < axes.length; i++) {
      int in = x.shape[axes[i]];
      double scale;
      int out;
      if (!bySizes) {
        scale = call.in(2).real(i);
        out = (int) Math.floor(in * scale);
      } else if (common > 0) {
        scale = common;
        out = (int) Math.floor(scale * in + 0.5);
      } else {
        out = (int) call.in(3).integer(i);
        scale = (double) out / in;
      }
      double start = crop ? call.in(1).real(i) : 0;
      double end = crop ? call.in(1).real(i + axes.length) : 1;
      result[axes[i]] = new Axis(in, out, scale, start, end);
    }
    return result;
  }

  /** The one scale that keeps the aspect ratio; 0 if the sizes are to be met exactly. */
  private double commonScale(int[] axes) {
    String policy = call.attributes().s("keep_aspect_ratio_policy", "stretch");
    IntStream all = IntStream.range(0, axes.length);
    return switch (policy) {
      case "not_larger" -> all.mapToDouble(i -> exactScale(axes, i)).min().orElse(1);
      case "not_smaller" -> all.mapToDouble(i -> exactScale(axes, i)).max().orElse(1);
      default -> 0;
    };
  }

  private double exactScale(int[] axes, int i) {
    return (double) call.in(3).integer(i) / x.shape[axes[i]];
  }

  // --- positions and weights

  /** Where in the input an output element lies. */
  private double source(int i, Axis a) {
    double exactOut = a.scale * a.in;
    return switch (coordinates) {
      case "half_pixel" -> (i + 0.5) / a.scale - 0.5;
      case "pytorch_half_pixel" -> a.out == 1 ? -0.5 : (i + 0.5) / a.scale - 0.5;
      case "half_pixel_symmetric" -> {
        double adjustment = a.out / exactOut;
        yield a.in / 2.0 * (1 - adjustment) + (i + 0.5) / a.scale - 0.5;
      }
      case "align_corners" -> exactOut == 1 ? 0 : i * (a.in - 1) / (exactOut - 1);
      case "asymmetric" -> i / a.scale;
      case "tf_half_pixel_for_nn" -> (i + 0.5) / a.scale;
      case "tf_crop_and_resize" ->
          a.out == 1
              ? 0.5 * (a.roiStart + a.roiEnd) * (a.in - 1)
              : a.roiStart * (a.in - 1) + i * (a.roiEnd - a.roiStart) * (a.in - 1) / (exactOut - 1);
      default ->
          throw new IllegalArgumentException(
              "there is no coordinate transformation '" + coordinates + "'");
    };
  }

  private Stencil stencil(int i, Axis axis) {
    double at = source(i, axis);
    boolean outside = at < 0 || at > axis.in - 1;
    int base = (int) Math.floor(at);
    double ratio = at - base;
    if (mode.equals("nearest")) {
      return new Stencil(nearest(at), new double[] {1}, outside);
    }
    boolean cubic = mode.equals("cubic");
    double squeeze = call.flag("antialias") ? Math.min(axis.scale, 1) : 1;
    int first = (int) Math.floor(-(cubic ? 2 : 1) / squeeze) + 1;
    double[] weights = new double[2 - 2 * first];
    for (int j = 0; j < weights.length; j++) {
      double distance = (first + j - ratio) * squeeze;
      weights[j] = cubic ? cubic(distance) : Math.max(0, 1 - Math.abs(distance));
      int position = base + first + j;
      if (call.flag("exclude_outside") && (position < 0 || position >= axis.in)) {
        weights[j] = 0;
      }
    }
    double sum = Arrays.stream(weights).sum();
    return new Stencil(base + first, Arrays.stream(weights).map(w -> w / sum).toArray(), outside);
  }

  private int nearest(double at) {
    String rounding = call.attributes().s("nearest_mode", "round_prefer_floor");
    return (int)
        switch (rounding) {
          case "round_prefer_floor" -> Math.ceil(at - 0.5);
          case "round_prefer_ceil" -> Math.floor(at + 0.5);
          case "floor" -> Math.floor(at);
          case "ceil" -> Math.ceil(at);
          default -> throw new IllegalArgumentException("there is no nearest mode " + rounding);
        };
  }

  /** The cubic convolution kernel (Keys 1981, eq. 15 with a free parameter). */
  private double cubic(double distance) {
    double a = call.f("cubic_coeff_a", -0.75);
    double d = Math.abs(distance);
    if (d <= 1) {
      return (a + 2) * d * d * d - (a + 3) * d * d + 1;
    }
    return d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
  }
}
