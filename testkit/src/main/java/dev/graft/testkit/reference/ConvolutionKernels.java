package dev.graft.testkit.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Convolution, its two gradients, and transposed convolution. All four are the same sum over pairs
 * of an output place and an input element; they differ in which of the three tensors is computed.
 */
final class ConvolutionKernels {
  private ConvolutionKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("Conv", ConvolutionKernels::conv);
    table.put("ConvInputGradient", ConvolutionKernels::inputGradient);
    table.put("ConvWeightGradient", ConvolutionKernels::weightGradient);
    table.put("ConvTranspose", ConvolutionKernels::convTranspose);
    table.put("Col2Im", ConvolutionKernels::imageOfColumns);
  }

  private static List<Array> imageOfColumns(Call c) {
    Array columns = c.in(0);
    Window window = Window.of(c.attributes(), c.in(1).ints(), c.in(2).ints());
    int channels = columns.dim(1) / window.kernelSize();
    double[] image = new double[columns.dim(0) * channels * window.inSize()];
    for (int channel = 0; channel < columns.dim(0) * channels; channel++) {
      int to = channel * window.inSize();
      int from = channel * window.kernelSize();
      window.forEach(
          (place, element, k) ->
              image[to + element] += columns.real((from + k) * window.places() + place));
    }
    return List.of(Array.of(columns.dtype, window.inShape(columns.dim(0), channels), image));
  }

  private static int[] spatial(int[] shape) {
    return Arrays.copyOfRange(shape, 2, shape.length);
  }

  private static int[] shape(Call c, String attribute) {
    return Arrays.stream(c.attributes().ints(attribute, new long[0]))
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** The three tensors of a convolution {@code y = x * w}; one of them is being computed. */
  private record Sum(Window window, int n, int group, double[] x, double[] w, double[] y) {

    /** What to do with one row of pairs that share an element of the kernel. */
    interface Row {
      void run(int x, int xStep, int w, int y, int length);
    }

    /**
     * Visits every row: the places {@code y, y+1, ...} (so many as {@code length}) meet the input
     * elements {@code x, x+xStep, ...} at the kernel element {@code w}.
     *
     * @param inChannels of one group
     * @param outChannels of one group
     */
    void forEachRow(int inChannels, int outChannels, Row row) {
      Window win = window;
      int[] out = win.out();
      int[] in = win.in();
      int[] kernel = win.kernel();
      int step = win.strides()[2];
      for (int s = 0; s < n * group; s++) {
        int g = s % group;
        for (int oc = 0; oc < outChannels; oc++) {
          for (int ic = 0; ic < inChannels; ic++) {
            int xChannel = (s * inChannels + ic) * win.inSize();
            int wChannel = ((g * outChannels + oc) * inChannels + ic) * win.kernelSize();
            int yChannel = (s * outChannels + oc) * win.places();
            for (int k = 0; k < win.kernelSize(); k++) {
              int kx = k % kernel[2];
              int ky = k / kernel[2] % kernel[1];
              int kz = k / kernel[2] / kernel[1];
              int first = firstInside(kx);
              int length = Math.max(0, lastInside(kx) - first + 1);
              for (int o = 0; length > 0 && o < out[0] * out[1]; o++) {
                int z = win.position(0, o / out[1], kz);
                int y = win.position(1, o % out[1], ky);
                if (z >= 0 && z < in[0] && y >= 0 && y < in[1]) {
                  int xRow = xChannel + (z * in[1] + y) * in[2] + win.position(2, first, kx);
                  row.run(xRow, step, wChannel + k, yChannel + o * out[2] + first, length);
                }
              }
            }
          }
        }
      }
    }

    /** The first place of a row at which kernel element {@code kx} is not in the padding. */
    private int firstInside(int kx) {
      return Math.max(0, -Math.floorDiv(window.position(2, 0, kx), window.strides()[2]));
    }

    private int lastInside(int kx) {
      int room = window.in()[2] - 1 - window.position(2, 0, kx);
      return Math.min(window.out()[2] - 1, Math.floorDiv(room, window.strides()[2]));
    }

    void computeY(int inChannels, int outChannels) {
      forEachRow(
          inChannels,
          outChannels,
          (ix, step, iw, iy, length) -> {
            double weight = w[iw];
            for (int i = 0; i < length; i++) {
              y[iy + i] += weight * x[ix + i * step];
            }
          });
    }

    void computeX(int inChannels, int outChannels) {
      forEachRow(
          inChannels,
          outChannels,
          (ix, step, iw, iy, length) -> {
            double weight = w[iw];
            for (int i = 0; i < length; i++) {
              x[ix + i * step] += weight * y[iy + i];
            }
          });
    }

    void computeW(int inChannels, int outChannels) {
      forEachRow(
          inChannels,
          outChannels,
          (ix, step, iw, iy, length) -> {
            double sum = 0;
            for (int i = 0; i < length; i++) {
              sum += x[ix + i * step] * y[iy + i];
            }
            w[iw] += sum;
          });
    }
  }

  private static List<Array> conv(Call c) {
    Array x = c.in(0);
    Array w = c.in(1);
    int group = (int) c.i("group", 1);
    Window window = Window.of(c.attributes(), spatial(x.shape), spatial(w.shape));
    int n = x.dim(0);
    int channels = w.dim(0);
    double[] y = new double[n * channels * window.places()];
    new Sum(window, n, group, x.reals(), w.reals(), y).computeY(w.dim(1), channels / group);
    addBias(y, c.optional(2), n, channels, window.places());
    return List.of(Array.of(x.dtype, window.outShape(n, channels), y));
  }

  private static void addBias(double[] y, @Nullable Array bias, int n, int channels, int size) {
    if (bias != null) {
      for (int i = 0; i < n * channels; i++) {
        for (int j = 0; j < size; j++) {
          y[i * size + j] += bias.real(i % channels);
        }
      }
    }
  }

  private static List<Array> inputGradient(Call c) {
    Array dy = c.in(0);
    Array w = c.in(1);
    int[] shape = shape(c, "input_shape");
    int group = (int) c.i("group", 1);
    Window window = Window.of(c.attributes(), spatial(shape), spatial(w.shape));
    double[] dx = new double[Indices.size(shape)];
    new Sum(window, shape[0], group, dx, w.reals(), dy.reals())
        .computeX(w.dim(1), w.dim(0) / group);
    return List.of(Array.of(dy.dtype, shape, dx));
  }

  private static List<Array> weightGradient(Call c) {
    Array x = c.in(0);
    Array dy = c.in(1);
    int[] shape = shape(c, "weight_shape");
    int group = (int) c.i("group", 1);
    Window window = Window.of(c.attributes(), spatial(x.shape), spatial(shape));
    double[] dw = new double[Indices.size(shape)];
    new Sum(window, x.dim(0), group, x.reals(), dw, dy.reals())
        .computeW(shape[1], shape[0] / group);
    return List.of(Array.of(x.dtype, shape, dw));
  }

  /** Computes the input of the convolution that it transposes. */
  private static List<Array> convTranspose(Call c) {
    Array y = c.in(0);
    Array w = c.in(1);
    int group = (int) c.i("group", 1);
    Window window = Window.transposed(c.attributes(), spatial(y.shape), spatial(w.shape));
    int n = y.dim(0);
    int channels = w.dim(1) * group;
    double[] x = new double[n * channels * window.inSize()];
    new Sum(window, n, group, x, w.reals(), y.reals()).computeX(w.dim(1), w.dim(0) / group);
    addBias(x, c.optional(2), n, channels, window.inSize());
    return List.of(Array.of(y.dtype, window.inShape(n, channels), x));
  }
}
