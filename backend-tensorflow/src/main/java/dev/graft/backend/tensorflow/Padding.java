package dev.graft.backend.tensorflow;

import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import org.tensorflow.Output;

/** Adds elements at the borders of a value, or takes some away. */
final class Padding {
  private Padding() {}

  /**
   * A value with {@code before} and {@code after} elements more along each of its axes, or fewer
   * where those are negative.
   *
   * @param fill the new elements, a scalar of the value's type
   */
  static Output<?> pad(
      Emission e, Output<?> value, long[] sizes, long[] before, long[] after, Output<?> fill) {
    Output<?> inner = value;
    if (anyNegative(before) || anyNegative(after)) {
      long[] begin = new long[sizes.length];
      long[] kept = new long[sizes.length];
      for (int i = 0; i < sizes.length; i++) {
        begin[i] = Math.max(0, -before[i]);
        kept[i] = sizes[i] - begin[i] - Math.max(0, -after[i]);
      }
      inner = e.slice(inner, begin, kept);
    }
    int[] pads = new int[2 * sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      pads[2 * i] = (int) Math.max(0, before[i]);
      pads[2 * i + 1] = (int) Math.max(0, after[i]);
    }
    if (Arrays.stream(pads).allMatch(p -> p == 0)) {
      return inner;
    }
    Output<?> amounts = e.constant(HostTensor.of(pads, sizes.length, 2));
    return e.operation("PadV2", inner, amounts, fill).build().output(0);
  }

  static Output<?> zeros(Emission e, Output<?> value, long[] sizes, long[] before, long[] after) {
    return pad(e, value, sizes, before, after, e.number(value, 0));
  }

  private static boolean anyNegative(long[] values) {
    return Arrays.stream(values).anyMatch(v -> v < 0);
  }

  /** The amounts of the window's axes at their places among (batch, window..., channels). */
  static long[] spread(long[] amounts) {
    long[] all = new long[amounts.length + 2];
    System.arraycopy(amounts, 0, all, 1, amounts.length);
    return all;
  }

  /** The window's axes of strides or dilations among (batch, window..., channels). */
  static long[] steps(long[] amounts) {
    long[] all = spread(amounts);
    all[0] = 1;
    all[all.length - 1] = 1;
    return all;
  }

  /** Whether TensorFlow's padding {@code SAME} adds exactly these elements. */
  static boolean isSame(long in, long reach, long stride, long before, long after) {
    long out = (in + stride - 1) / stride;
    long total = Math.max(0, (out - 1) * stride + reach - in);
    return before == total / 2 && after == total - total / 2;
  }
}
