package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.list;
import static dev.graft.backend.djl.Emission.repeated;

import dev.graft.graph.Attributes;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Convolution, its transpose, and ATen's fused gradients of it. */
final class ConvolutionOperators {
  private ConvolutionOperators() {}

  static void register(TorchOperators rows) {
    rows.expression("Conv", TorchOperators::dynamic, ConvolutionOperators::conv);
    rows.expression("ConvTranspose", TorchOperators::dynamic, ConvolutionOperators::transposed);
    rows.add("ConvInputGradient", ConvolutionOperators::inputGradient);
    rows.add("ConvWeightGradient", ConvolutionOperators::weightGradient);
  }

  /**
   * Strides, dilations, groups and padding, of which PyTorch takes only what is the same at both
   * ends; the rest is padded or cropped apart.
   */
  private record Geometry(
      String strides, String dilations, long group, int axes, long[] before, long[] after) {
    static Geometry of(Attributes a, int axes) {
      long[] ones = new long[axes];
      Arrays.fill(ones, 1);
      long[] pads = a.ints("pads", new long[2 * axes]);
      return new Geometry(
          list(a.ints("strides", ones)),
          list(a.ints("dilations", ones)),
          a.i("group", 1),
          axes,
          Arrays.copyOf(pads, axes),
          Arrays.copyOfRange(pads, axes, 2 * axes));
    }

    long[] common() {
      long[] common = new long[axes];
      Arrays.setAll(common, i -> Math.max(0, Math.min(before[i], after[i])));
      return common;
    }

    boolean symmetric() {
      return Arrays.equals(before, after);
    }

    /** What {@code constant_pad_nd} takes to pad beyond {@link #common}. */
    String rest() {
      long[] pads = new long[2 * axes];
      for (int i = 0; i < axes; i++) {
        pads[2 * (axes - 1 - i)] = before[i] - common()[i];
        pads[2 * (axes - 1 - i) + 1] = after[i] - common()[i];
      }
      return list(pads);
    }

    /** Takes the padding beyond {@link #common} away again; negative padding adds zeros. */
    String crop(String value) {
      if (symmetric() && Arrays.equals(before, common())) {
        return value;
      }
      long[] crop = new long[2 * axes];
      for (int i = 0; i < axes; i++) {
        crop[2 * (axes - 1 - i)] = common()[i] - before[i];
        crop[2 * (axes - 1 - i) + 1] = common()[i] - after[i];
      }
      return call("constant_pad_nd", value, list(crop), 0);
    }

    Shape padded(long[] sizes) {
      long[] padded = sizes.clone();
      for (int i = 0; i < axes; i++) {
        padded[i + 2] += before[i] + after[i] - 2 * common()[i];
      }
      return Shape.of(padded);
    }
  }

  private static String conv(Emission e) {
    Geometry g = Geometry.of(e.attributes(), e.rank() - 2);
    String x = g.symmetric() ? e.in(0) : call("constant_pad_nd", e.in(0), g.rest(), 0);
    return convolution(x, e.in(1), e.in(2), g, false, repeated(0, g.axes()));
  }

  private static String transposed(Emission e) {
    Geometry g = Geometry.of(e.attributes(), e.rank() - 2);
    String extra = list(e.attributes().ints("output_padding", new long[g.axes()]));
    String y = convolution(e.in(0), e.in(1), e.in(2), g, true, extra);
    return g.crop(y);
  }

  private static String convolution(
      String x, String w, String b, Geometry g, boolean transposed, String outputPadding) {
    return call(
        "convolution",
        x,
        w,
        b,
        g.strides(),
        list(g.common()),
        g.dilations(),
        Emission.bool(transposed),
        outputPadding,
        g.group());
  }

  private static void inputGradient(Emission e) {
    Geometry g = Geometry.of(e.attributes(), e.rank() - 2);
    long[] wanted = e.outputSizes(0);
    String x = empty(e, g.padded(wanted).sizes());
    String dx = backward(e, e.in(0), x, e.in(1), g, "[True, False, False]").get(0);
    e.out(g.crop(dx));
  }

  private static void weightGradient(Emission e) {
    Geometry g = Geometry.of(e.attributes(), e.rank() - 2);
    String x = g.symmetric() ? e.in(0) : call("constant_pad_nd", e.in(0), g.rest(), 0);
    String w = empty(e, e.outputSizes(0));
    e.out(backward(e, e.in(1), x, w, g, "[False, True, False]").get(1));
  }

  /** A tensor of which the gradient needs only the shape and the layout. */
  private static String empty(Emission e, long[] sizes) {
    String layout = sizes.length == 4 ? ", memory_format=2" : "";
    return call("empty", list(sizes), "dtype=" + Emission.dtype(e.dtype()) + layout);
  }

  private static List<String> backward(
      Emission e, String dy, String x, String w, Geometry g, String mask) {
    return e.lets(
        3,
        call(
            "convolution_backward",
            dy,
            x,
            w,
            "None",
            g.strides(),
            list(g.common()),
            g.dilations(),
            "False",
            repeated(0, g.axes()),
            g.group(),
            mask));
  }
}
