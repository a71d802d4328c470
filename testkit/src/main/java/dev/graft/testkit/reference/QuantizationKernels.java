package dev.graft.testkit.reference;

import dev.graft.tensor.DType;
import java.util.List;
import java.util.Map;

/** Linear quantisation: per tensor, per axis, or in blocks along an axis. */
final class QuantizationKernels {
  private QuantizationKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("QuantizeLinear", QuantizationKernels::quantize);
    table.put("DequantizeLinear", QuantizationKernels::dequantize);
    table.put("DynamicQuantizeLinear", QuantizationKernels::dynamicQuantize);
  }

  /** For each element of {@code x}, the position of its scale. */
  private static int[] scalePositions(Call c, Array x, Array scale) {
    int[] out = new int[x.size()];
    if (scale.size() == 1) {
      return out;
    }
    int axis = x.axis(c.i("axis", 1));
    long block = c.i("block_size", 0);
    for (int i = 0; i < out.length; i++) {
      int[] at = Indices.coordinates(i, x.shape);
      if (block == 0) {
        out[i] = at[axis];
      } else {
        at[axis] /= (int) block;
        out[i] = Indices.position(at, scale.shape);
      }
    }
    return out;
  }

  private static List<Array> quantize(Call c) {
    Array x = c.in(0);
    Array scale = c.in(1);
    int[] at = scalePositions(c, x, scale);
    DType dtype = c.dtype(0);
    double[] out = new double[x.size()];
    for (int i = 0; i < out.length; i++) {
      double zero = c.has(2) ? c.in(2).real(at[i]) : 0;
      out[i] = saturate(Math.rint(x.real(i) / scale.real(at[i])) + zero, dtype);
    }
    return List.of(Array.of(dtype, x.shape, out));
  }

  private static double saturate(double v, DType dtype) {
    int bits = 8 * dtype.bytes();
    double low = dtype.isUnsigned() ? 0 : -Math.scalb(1.0, bits - 1);
    double high = Math.scalb(1.0, dtype.isUnsigned() ? bits : bits - 1) - 1;
    return Math.max(low, Math.min(high, v));
  }

  private static List<Array> dequantize(Call c) {
    Array x = c.in(0);
    Array scale = c.in(1);
    int[] at = scalePositions(c, x, scale);
    double[] out = new double[x.size()];
    for (int i = 0; i < out.length; i++) {
      double zero = c.has(2) ? c.in(2).real(at[i]) : 0;
      out[i] = (x.real(i) - zero) * scale.real(at[i]);
    }
    return List.of(Array.of(c.dtype(0), x.shape, out));
  }

  /** The range of the data, widened to hold 0, is spread over 0 to 255. */
  private static List<Array> dynamicQuantize(Call c) {
    Array x = c.in(0);
    double low = 0;
    double high = 0;
    for (double v : x.reals()) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    double scale = (high - low) / 255;
    double zero = saturate(Math.rint(-low / scale), DType.UINT8);
    double[] out = new double[x.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = saturate(Math.rint(x.real(i) / scale) + zero, DType.UINT8);
    }
    return List.of(
        Array.of(DType.UINT8, x.shape, out),
        Array.of(x.dtype, new int[0], new double[] {scale}),
        Array.of(DType.UINT8, new int[0], new double[] {zero}));
  }
}
