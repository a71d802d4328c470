package dev.graft.testkit.reference;

import dev.graft.graph.Attributes;
import java.util.Arrays;

/**
 * How a kernel slides over the spatial axes of a tensor {@code [N, C, ...]}. Always over three
 * axes: missing ones are put in front with size 1, so that one set of loops serves 1-, 2- and
 * 3-dimensional operators.
 *
 * @param kernel the kernel's size
 * @param in the tensor's spatial size
 * @param out the number of places along each axis
 * @param begin the padding before the first element
 * @param end the padding after the last
 */
record Window(
    int[] kernel,
    int[] strides,
    int[] dilations,
    int[] begin,
    int[] end,
    int[] in,
    int[] out,
    int rank) {
  private static final int AXES = 3;

  /** The window of Conv and the pooling operators; {@code spatial} is the input's size. */
  static Window of(Attributes attributes, int[] spatial, int[] kernelShape) {
    return of(attributes, spatial, kernelShape, attributes.i("ceil_mode", 0) != 0);
  }

  private static Window of(Attributes a, int[] spatial, int[] kernelShape, boolean ceil) {
    int rank = spatial.length;
    int[] in = pad(spatial, 1);
    int[] kernel = pad(kernelShape, 1);
    int[] strides = axes(a, "strides", rank);
    int[] dilations = axes(a, "dilations", rank);
    int[] begin = new int[AXES];
    int[] end = new int[AXES];
    int[] out = new int[AXES];
    String auto = a.s("auto_pad", "NOTSET");
    long[] pads = a.ints("pads");
    for (int i = 0; i < AXES; i++) {
      int reach = (kernel[i] - 1) * dilations[i] + 1;
      int axis = i - (AXES - rank);
      if (auto.startsWith("SAME")) {
        int places = (in[i] + strides[i] - 1) / strides[i];
        int total = Math.max(0, (places - 1) * strides[i] + reach - in[i]);
        begin[i] = auto.equals("SAME_LOWER") ? total - total / 2 : total / 2;
        end[i] = total - begin[i];
      } else if (pads != null && axis >= 0 && !auto.equals("VALID")) {
        begin[i] = (int) pads[axis];
        end[i] = (int) pads[axis + rank];
      }
      int room = in[i] + begin[i] + end[i] - reach;
      out[i] = (ceil ? -Math.floorDiv(-room, strides[i]) : Math.floorDiv(room, strides[i])) + 1;
      if (ceil && (out[i] - 1) * strides[i] >= in[i] + begin[i]) {
        // The last place would begin in the padding at the end.
        out[i]--;
      }
    }
    return new Window(kernel, strides, dilations, begin, end, in, out, rank);
  }

  /**
   * The window of a transposed convolution, which goes from {@code out} to {@code in} of the
   * convolution it transposes.
   *
   * @param places the size of the transposed convolution's input
   */
  static Window transposed(Attributes a, int[] places, int[] kernelShape) {
    int rank = places.length;
    int[] out = pad(places, 1);
    int[] kernel = pad(kernelShape, 1);
    int[] strides = axes(a, "strides", rank);
    int[] dilations = axes(a, "dilations", rank);
    int[] begin = new int[AXES];
    int[] end = new int[AXES];
    int[] in = new int[AXES];
    String auto = a.s("auto_pad", "NOTSET");
    long[] pads = a.ints("pads");
    long[] extra = a.ints("output_padding");
    long[] wanted = a.ints("output_shape");
    for (int i = 0; i < AXES; i++) {
      int axis = i - (AXES - rank);
      int reach = (kernel[i] - 1) * dilations[i] + 1;
      int more = extra != null && axis >= 0 ? (int) extra[axis] : 0;
      int full = (out[i] - 1) * strides[i] + reach + more;
      if (wanted != null && axis >= 0) {
        in[i] = (int) wanted[axis];
      } else if (auto.startsWith("SAME")) {
        in[i] = out[i] * strides[i];
      } else {
        if (pads != null && axis >= 0) {
          begin[i] = (int) pads[axis];
          end[i] = (int) pads[axis + rank];
        }
        in[i] = full - begin[i] - end[i];
        continue;
      }
      int total = Math.max(0, full - in[i]);
      begin[i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
      end[i] = total - begin[i];
    }
    return new Window(kernel, strides, dilations, begin, end, in, out, rank);
  }

  private static int[] axes(Attributes attributes, String name, int rank) {
    long[] given = attributes.ints(name);
    int[] ones = new int[rank];
    Arrays.fill(ones, 1);
    return pad(given == null ? ones : Arrays.stream(given).mapToInt(Math::toIntExact).toArray(), 1);
  }

  private static int[] pad(int[] sizes, int with) {
    if (sizes.length > AXES) {
      throw new IllegalArgumentException("more than three spatial axes");
    }
    int[] out = new int[AXES];
    Arrays.fill(out, with);
    System.arraycopy(sizes, 0, out, AXES - sizes.length, sizes.length);
    return out;
  }

  /** Where along the input element {@code k} of the kernel stands at place {@code o}. */
  int position(int axis, int o, int k) {
    return o * strides[axis] - begin[axis] + k * dilations[axis];
  }

  /** The number of places. */
  int places() {
    return Indices.size(out);
  }

  int kernelSize() {
    return Indices.size(kernel);
  }

  int inSize() {
    return Indices.size(in);
  }

  /** The shape of the result: the given leading sizes and the places along each real axis. */
  int[] outShape(int n, int channels) {
    return shape(n, channels, out);
  }

  int[] inShape(int n, int channels) {
    return shape(n, channels, in);
  }

  private int[] shape(int n, int channels, int[] spatial) {
    int[] shape = new int[2 + rank];
    shape[0] = n;
    shape[1] = channels;
    System.arraycopy(spatial, AXES - rank, shape, 2, rank);
    return shape;
  }

  /** Receives every pair of a place and an element of the input that the kernel covers there. */
  interface Visitor {
    void visit(int place, int element, int weight);
  }

  /** Visits all pairs: place by place, kernel elements in order, those in the padding left out. */
  void forEach(Visitor visitor) {
    for (int place = 0; place < places(); place++) {
      forEach(place, visitor);
    }
  }

  void forEach(int place, Visitor visitor) {
    int ox = place % out[2];
    int oy = place / out[2] % out[1];
    int oz = place / out[2] / out[1];
    for (int kz = 0; kz < kernel[0]; kz++) {
      int z = position(0, oz, kz);
      for (int ky = 0; ky < kernel[1]; ky++) {
        int y = position(1, oy, ky);
        for (int kx = 0; kx < kernel[2]; kx++) {
          int x = position(2, ox, kx);
          if (z >= 0 && z < in[0] && y >= 0 && y < in[1] && x >= 0 && x < in[2]) {
            visitor.visit(
                place, (z * in[1] + y) * in[2] + x, (kz * kernel[1] + ky) * kernel[2] + kx);
          }
        }
      }
    }
  }
}
