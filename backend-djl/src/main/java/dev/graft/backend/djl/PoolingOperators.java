package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.bool;
import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.list;
import static dev.graft.backend.djl.Emission.number;
import static dev.graft.backend.djl.Emission.repeated;
import static dev.graft.backend.djl.Emission.reshape;

import dev.graft.backend.NodeSignature;
import dev.graft.graph.Attributes;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pooling and its gradients. */
final class PoolingOperators {
  private PoolingOperators() {}

  static void register(TorchOperators rows) {
    rows.add("MaxPool", TorchOperators::dynamic, PoolingOperators::maxPool);
    rows.expression("AveragePool", TorchOperators::dynamic, PoolingOperators::averagePool);
    rows.expression("GlobalAveragePool", e -> call("mean", e.in(0), spatial(e), "True"));
    rows.expression("GlobalMaxPool", e -> call("amax", e.in(0), spatial(e), "True"));
    rows.expression("MaxPoolGradient", PoolingOperators::maxPoolGradient);
    rows.expression(
        "AveragePoolGradient", PoolingOperators::onlyPlain, PoolingOperators::averageGradient);
  }

  private static String spatial(Emission e) {
    long[] axes = new long[e.rank() - 2];
    Arrays.setAll(axes, i -> i + 2);
    return list(axes);
  }

  /** A pooling window; {@code after} includes what {@code ceil_mode} adds. */
  private record Window(
      long[] kernel, long[] strides, long[] dilations, long[] before, long[] after, boolean ceil) {
    static Window of(Attributes a) {
      long[] kernel = a.ints("kernel_shape", new long[0]);
      int axes = kernel.length;
      long[] ones = new long[axes];
      Arrays.fill(ones, 1);
      long[] pads = a.ints("pads", new long[2 * axes]);
      return new Window(
          kernel,
          a.ints("strides", ones),
          a.ints("dilations", ones),
          Arrays.copyOf(pads, axes),
          Arrays.copyOfRange(pads, axes, 2 * axes),
          a.i("ceil_mode", 0) == 1);
    }

    int axes() {
      return kernel.length;
    }

    boolean dilated() {
      return Arrays.stream(dilations).anyMatch(d -> d != 1);
    }

    /** Whether PyTorch pads in the same way: equally at both ends, by at most half a window. */
    boolean plain() {
      boolean half = true;
      for (int i = 0; i < axes(); i++) {
        half &= 2 * before[i] <= kernel[i];
      }
      return half && Arrays.equals(before, after);
    }

    /** The padding after each axis that makes the windows fit exactly. */
    long[] exactAfter(long[] in, long[] out) {
      long[] exact = new long[axes()];
      for (int i = 0; i < axes(); i++) {
        long reach = (kernel[i] - 1) * dilations[i] + 1;
        long needed = (out[i + 2] - 1) * strides[i] + reach - in[i + 2] - before[i];
        exact[i] = Math.max(needed, after[i]);
      }
      return exact;
    }

    String pads(long[] exactAfter) {
      long[] pads = new long[2 * axes()];
      for (int i = 0; i < axes(); i++) {
        pads[2 * (axes() - 1 - i)] = before[i];
        pads[2 * (axes() - 1 - i) + 1] = exactAfter[i];
      }
      return list(pads);
    }

    String dims() {
      return axes() + "d";
    }
  }

  // --- maximum

  private static void maxPool(Emission e) {
    Window w = Window.of(e.attributes());
    boolean floating = e.dtype().isFloating();
    String x = floating ? e.in(0) : e.let(Emission.cast(e.in(0), DType.FLOAT32));
    long[] in = e.sizes(0);
    String padding = list(w.before());
    boolean ceil = w.ceil();
    long[] padded = in.clone();
    if (!w.plain()) {
      long[] after = w.exactAfter(in, e.outputSizes(0));
      x = call("constant_pad_nd", x, w.pads(after), number(Double.NEGATIVE_INFINITY));
      padding = repeated(0, w.axes());
      ceil = false;
      for (int i = 0; i < w.axes(); i++) {
        padded[i + 2] += w.before()[i] + after[i];
      }
    }
    if (!e.wants(1) && w.axes() <= 3) {
      String y =
          call(
              "max_pool" + w.dims(),
              x,
              list(w.kernel()),
              list(w.strides()),
              padding,
              list(w.dilations()),
              bool(ceil));
      e.out(floating ? y : Emission.cast(y, e.dtype()));
      return;
    }
    List<String> found = withIndices(e, w, x, padding, ceil, padded);
    e.out(0, floating ? found.get(0) : Emission.cast(found.get(0), e.dtype()));
    e.out(1, onnxIndices(e, w, found.get(1), in, padded));
  }

  private static List<String> withIndices(
      Emission e, Window w, String x, String padding, boolean ceil, long[] padded) {
    if (w.axes() > 1) {
      return e.lets(
          2,
          call(
              "max_pool" + w.dims() + "_with_indices",
              x,
              list(w.kernel()),
              list(w.strides()),
              padding,
              list(w.dilations()),
              bool(ceil)));
    }
    return e.lets(
        2,
        call(
            "max_pool1d_with_indices",
            x,
            list(w.kernel()),
            list(w.strides()),
            padding,
            list(w.dilations()),
            bool(ceil)));
  }

  /** PyTorch counts within one padded plane, ONNX over the whole unpadded tensor. */
  private static String onnxIndices(
      Emission e, Window w, String indices, long[] in, long[] padded) {
    String plane = indices;
    boolean columnMajor = e.attributes().i("storage_order", 0) == 1;
    if (!Arrays.equals(in, padded) || columnMajor) {
      plane = repositioned(e, w, indices, in, padded, columnMajor);
    }
    long planes = in[0] * in[1];
    long area = e.type(0).shape().elements() / planes;
    long[] offsets = new long[(int) planes];
    Arrays.setAll(offsets, i -> i * area);
    long[] shape = new long[in.length];
    Arrays.fill(shape, 1);
    shape[0] = in[0];
    shape[1] = in[1];
    return call("add", plane, e.constant(HostTensor.of(offsets, shape)));
  }

  private static String repositioned(
      Emission e, Window w, String indices, long[] in, long[] padded, boolean columnMajor) {
    String rest = indices;
    String position = "";
    long stride = 1;
    long[] strides = new long[w.axes()];
    for (int k = 0; k < w.axes(); k++) {
      int axis = columnMajor ? k : w.axes() - 1 - k;
      strides[axis] = stride;
      stride *= in[axis + 2];
    }
    for (int axis = w.axes() - 1; axis >= 0; axis--) {
      long lead = Arrays.equals(in, padded) ? 0 : w.before()[axis];
      String coordinate = call("sub", call("remainder", rest, padded[axis + 2]), lead);
      String scaled = call("mul", coordinate, strides[axis]);
      position = position.isEmpty() ? scaled : call("add", position, scaled);
      rest = e.let(call("div", rest, padded[axis + 2], "rounding_mode=\"floor\""));
    }
    return position;
  }

  private static String maxPoolGradient(Emission e) {
    Window w = Window.of(e.attributes());
    long[] shape = e.outputSizes(0);
    long planes = shape[0] * shape[1];
    long area = e.outputType(0).shape().elements() / planes;
    if (w.axes() == 2 && w.plain() && e.attributes().i("storage_order", 0) == 0) {
      return call(
          "max_pool2d_with_indices_backward",
          e.in(0),
          e.in(1),
          list(w.kernel()),
          list(w.strides()),
          list(w.before()),
          list(w.dilations()),
          bool(w.ceil()),
          call("remainder", e.in(3), area));
    }
    String zeros = call("zeros", list(planes * area), "dtype=" + Emission.dtype(e.dtype()));
    String sums = call("index_add", zeros, 0, reshape(e.in(3), -1), reshape(e.in(0), -1));
    return reshape(sums, shape);
  }

  // --- average

  private static String averagePool(Emission e) {
    Window w = Window.of(e.attributes());
    boolean counted = e.attributes().i("count_include_pad", 0) == 1;
    if (w.plain() && !w.dilated()) {
      return call(
          "avg_pool" + w.dims(),
          e.in(0),
          list(w.kernel()),
          list(w.strides()),
          list(w.before()),
          bool(w.ceil()),
          bool(counted));
    }
    return averageByConvolution(e, w, counted);
  }

  /** Sums by a convolution with ones, divided by the number of elements under each window. */
  private static String averageByConvolution(Emission e, Window w, boolean counted) {
    long[] in = e.sizes(0);
    long[] out = e.outputSizes(0);
    long[] after = w.exactAfter(in, out);
    long[] plane = in.clone();
    plane[0] = in[0] * in[1];
    plane[1] = 1;
    long[] kernel = new long[in.length];
    Arrays.fill(kernel, 1);
    System.arraycopy(w.kernel(), 0, kernel, 2, w.axes());
    String dtype = "dtype=" + Emission.dtype(e.dtype());
    String ones = e.let(call("ones", list(kernel), dtype));
    String x = call("constant_pad_nd", reshape(e.in(0), plane), w.pads(after), 0);
    long[] single = plane.clone();
    single[0] = 1;
    String covered = call("ones", list(single), dtype);
    if (counted) {
      // Padding counts, but not what ceil_mode adds beyond it.
      long[] own = new long[2 * w.axes()];
      long[] beyond = new long[2 * w.axes()];
      for (int i = 0; i < w.axes(); i++) {
        int at = 2 * (w.axes() - 1 - i);
        own[at] = w.before()[i];
        own[at + 1] = w.after()[i];
        beyond[at + 1] = after[i] - w.after()[i];
      }
      covered = call("constant_pad_nd", covered, list(own), 1);
      covered = call("constant_pad_nd", covered, list(beyond), 0);
    } else {
      covered = call("constant_pad_nd", covered, w.pads(after), 0);
    }
    String sums = window(x, ones, w);
    String counts = window(covered, ones, w);
    return reshape(call("div", sums, counts), out);
  }

  private static String window(String x, String ones, Window w) {
    return call(
        "convolution",
        x,
        ones,
        "None",
        list(w.strides()),
        repeated(0, w.axes()),
        list(w.dilations()),
        "False",
        repeated(0, w.axes()),
        1);
  }

  private static @Nullable String onlyPlain(NodeSignature node) {
    Window w = Window.of(node.attributes());
    return w.plain() && !w.dilated() && w.axes() >= 2 && w.axes() <= 3
        ? null
        : "unequal padding or dilation";
  }

  private static String averageGradient(Emission e) {
    Window w = Window.of(e.attributes());
    boolean counted = e.attributes().i("count_include_pad", 0) == 1;
    String layout = w.axes() == 2 ? ", memory_format=2" : "";
    String x = call("empty", list(e.outputSizes(0)), "dtype=" + Emission.dtype(e.dtype()) + layout);
    return call(
        "avg_pool" + w.dims() + "_backward",
        e.in(0),
        x,
        list(w.kernel()),
        list(w.strides()),
        list(w.before()),
        bool(w.ceil()),
        bool(counted),
        "None");
  }
}
