package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code Resize} as what it is: a linear map along each axis, given by a matrix whose row is the
 * weights of the input elements for one output element. The derivative is the transposed map.
 */
final class Interpolation {
  private Interpolation() {}

  /**
   * The map along one axis.
   *
   * @param weights one row per output element, one column per input element
   * @param outside the output elements that lie outside the input and get a constant instead
   */
  private record AxisMap(int axis, double[][] weights, boolean[] outside) {
    int outputs() {
      return weights.length;
    }

    int inputs() {
      return weights[0].length;
    }

    boolean isIdentity() {
      return outputs() == inputs() && repeats(1);
    }

    /** Whether every input element is copied to {@code times} neighbouring output elements. */
    boolean repeats(int times) {
      return outputs() == inputs() * times
          && IntStream.range(0, outputs()).allMatch(o -> weights[o][o / times] == 1 && !outside[o]);
    }

    HostTensor matrix(TensorType like, boolean transposed) {
      int rows = transposed ? inputs() : outputs();
      int columns = transposed ? outputs() : inputs();
      return HostTensor.fromDoubles(
          TensorType.of(like.dtype(), rows, columns),
          i -> transposed ? weights[i % columns][i / columns] : weights[i / columns][i % columns]);
    }
  }

  static List<@Nullable Value> gradient(GradientContext g) {
    Value dx = g.dy();
    for (AxisMap map : maps(g.node(), g.y().shape())) {
      int times = map.outputs() / map.inputs();
      dx = times > 1 && map.repeats(times) ? summed(dx, map, times) : apply(dx, map, true);
    }
    return Arrays.asList(dx);
  }

  /** Adds up the copies of each element. */
  private static Value summed(Value dy, AxisMap map, int times) {
    List<Dim> split = new ArrayList<>(dy.shape().dims());
    split.set(map.axis(), Dim.of(map.inputs()));
    split.add(map.axis() + 1, Dim.of(times));
    return dy.reshape(new Shape(split).sizes()).sum(false, map.axis() + 1);
  }

  /** The same function as products with the matrices. */
  static List<@Nullable Value> decomposition(NodeContext node) {
    Value y = node.in(0);
    List<AxisMap> maps = maps(node, Resizing.resize(node).get(0).shape());
    for (AxisMap map : maps) {
      y = apply(y, map, false);
    }
    double fill = node.attributes().f("extrapolation_value", 0);
    boolean outside =
        maps.stream().anyMatch(m -> IntStream.range(0, m.outputs()).anyMatch(o -> m.outside()[o]));
    return Arrays.asList(outside && fill != 0 ? y.add(filled(y, maps, fill)) : y);
  }

  /** {@code fill} at the output elements that lie outside the input on any axis, else 0. */
  private static Value filled(Value y, List<AxisMap> maps, double fill) {
    Value inside = y.constant(1);
    for (AxisMap map : maps) {
      long[] shape = new long[y.rank()];
      Arrays.fill(shape, 1);
      shape[map.axis()] = map.outputs();
      HostTensor vector =
          HostTensor.fromDoubles(TensorType.of(y.dtype(), shape), o -> map.outside()[o] ? 0 : 1);
      inside = inside.mul(y.builder().constant(vector));
    }
    return y.constant(fill).sub(inside.mul(fill));
  }

  private static Value apply(Value v, AxisMap map, boolean transposed) {
    int last = v.rank() - 1;
    if (map.axis() == last) {
      return v.matmul(v.builder().constant(map.matrix(v.type(), !transposed)));
    }
    if (map.axis() == last - 1) {
      return v.builder().constant(map.matrix(v.type(), transposed)).matmul(v);
    }
    long[] exchanged = LongStream.rangeClosed(0, last).toArray();
    exchanged[map.axis()] = last;
    exchanged[last] = map.axis();
    AxisMap atEnd = new AxisMap(last, map.weights(), map.outside());
    return apply(v.transpose(exchanged), atEnd, transposed).transpose(exchanged);
  }

  // --- the matrices

  /** The maps along the axes that change; shapes must be fixed. */
  private static List<AxisMap> maps(NodeContext node, Shape output) {
    Shape input = node.type(0).shape();
    List<Integer> axes = Resizing.resizedAxes(node);
    List<Double> scales = Resizing.axisScales(node, axes);
    List<AxisMap> maps = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      double[] roi = roi(node, i, axes.size());
      AxisMap map =
          map(
              node.attributes(),
              axis,
              (int) input.dim(axis).size(),
              (int) output.dim(axis).size(),
              scales.get(i),
              roi);
      if (!map.isIdentity()) {
        maps.add(map);
      }
    }
    return maps;
  }

  private static double[] roi(NodeContext node, int i, int axes) {
    boolean cropped =
        node.attributes().s("coordinate_transformation_mode", "").equals("tf_crop_and_resize");
    if (!cropped) {
      return new double[] {0, 1};
    }
    HostTensor roi = node.constant(1).orElseThrow(() -> node.error("needs a constant roi"));
    return new double[] {roi.getDouble(i), roi.getDouble(i + axes)};
  }

  private static AxisMap map(
      Attributes a, int axis, int inputs, int outputs, double scale, double[] roi) {
    double[][] weights = new double[outputs][inputs];
    boolean[] outside = new boolean[outputs];
    boolean cropped =
        a.s("coordinate_transformation_mode", "half_pixel").equals("tf_crop_and_resize");
    for (int o = 0; o < outputs; o++) {
      double x = source(a, o, inputs, outputs, scale, roi);
      outside[o] = cropped && (x < 0 || x > inputs - 1);
      if (!outside[o]) {
        fill(a, weights[o], x, scale);
      }
    }
    return new AxisMap(axis, weights, outside);
  }

  /** The place in the input, in units of elements, that output element {@code o} looks at. */
  private static double source(
      Attributes a, int o, int inputs, int outputs, double scale, double[] roi) {
    double width = scale * inputs;
    return switch (a.s("coordinate_transformation_mode", "half_pixel")) {
      case "align_corners" -> width == 1 ? 0 : o * (inputs - 1) / (width - 1);
      case "asymmetric" -> o / scale;
      case "pytorch_half_pixel" -> outputs == 1 ? -0.5 : (o + 0.5) / scale - 0.5;
      case "half_pixel_symmetric" -> inputs / 2.0 * (1 - outputs / width) + (o + 0.5) / scale - 0.5;
      case "tf_crop_and_resize" ->
          roi[0] * (inputs - 1)
              + (width == 1
                  ? (roi[1] - roi[0]) * (inputs - 1) / 2
                  : o * (roi[1] - roi[0]) * (inputs - 1) / (width - 1));
      default -> (o + 0.5) / scale - 0.5;
    };
  }

  /** Adds the weights for looking at {@code x}; elements beyond the edge count as the edge. */
  private static void fill(Attributes a, double[] row, double x, double scale) {
    String mode = a.s("mode", "nearest");
    if (mode.equals("nearest")) {
      row[clamp(nearest(a.s("nearest_mode", "round_prefer_floor"), x), row.length)] = 1;
      return;
    }
    double shrink = a.i("antialias", 0) != 0 ? Math.min(scale, 1) : 1;
    int reach = (int) Math.ceil((mode.equals("cubic") ? 2 : 1) / shrink);
    boolean exclude = a.i("exclude_outside", 0) != 0;
    double cubic = a.f("cubic_coeff_a", -0.75);
    int center = (int) Math.floor(x);
    double[] taps = new double[2 * reach + 1];
    double sum = 0;
    for (int i = 0; i < taps.length; i++) {
      int at = center + i - reach;
      boolean counts = !exclude || (at >= 0 && at < row.length);
      double distance = Math.abs(x - at) * shrink;
      taps[i] =
          !counts ? 0 : mode.equals("cubic") ? keys(distance, cubic) : Math.max(0, 1 - distance);
      sum += taps[i];
    }
    for (int i = 0; i < taps.length; i++) {
      row[clamp(center + i - reach, row.length)] += taps[i] / sum;
    }
  }

  private static int nearest(String rounding, double x) {
    return (int)
        switch (rounding) {
          case "floor" -> Math.floor(x);
          case "ceil" -> Math.ceil(x);
          case "round_prefer_ceil" -> Math.floor(x + 0.5);
          default -> Math.ceil(x - 0.5);
        };
  }

  /** The cubic convolution kernel (Keys 1981, eq. 4, with a free). */
  private static double keys(double d, double a) {
    if (d <= 1) {
      return ((a + 2) * d - (a + 3)) * d * d + 1;
    }
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }

  private static int clamp(int index, int size) {
    return Math.max(0, Math.min(size - 1, index));
  }
}
