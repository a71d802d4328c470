package dev.graft.backend.onnx;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import org.jspecify.annotations.Nullable;

/**
 * Formulas on tensors in blocks of channels (see {@link ContribOperators}). Channels beyond the
 * tensor's own fill up the last block; they hold zeros or finite numbers that nobody reads.
 *
 * @param g the graph that is added to
 * @param size the number of channels in a block
 */
record Blocks(GraphBuilder g, int size) {

  /** A number of channels filled up to whole blocks. */
  long padded(long channels) {
    return (channels + size - 1) / size * size;
  }

  /** One value per channel, filled up with zeros. */
  Value vector(Value v) {
    return padTo(v, 0, padded(v.shape().dim(0).size()));
  }

  /** The first {@code channels} of one value per channel. */
  Value unpad(Value v, long channels) {
    return v.shape().dim(0).is(channels) ? v : v.slice(0, 0, channels);
  }

  /** Zeros appended along an axis up to a size. */
  Value padTo(Value v, int axis, long wanted) {
    long missing = wanted - v.shape().dim(axis).size();
    if (missing == 0) {
      return v;
    }
    long[] pads = new long[2 * v.rank()];
    pads[v.rank() + axis] = missing;
    return g.op("Pad", v, g.vector(pads));
  }

  /** A plain tensor {@code [batch, channels, height, width]} in blocks. */
  Value toBlocked(Value plain) {
    Value full = padTo(plain, 1, padded(plain.shape().dim(1).size()));
    return isPoint(full)
        ? full
        : ContribOperators.apply(g, ContribOperators.REORDER_INPUT, Attributes.NONE, full);
  }

  /** The first {@code channels} of a blocked tensor, in the plain order. */
  Value toPlain(Value blocked, long channels) {
    if (isPoint(blocked)) {
      return blocked.shape().dim(1).is(channels) ? blocked : blocked.slice(1, 0, channels);
    }
    return ContribOperators.apply(
        g, ContribOperators.REORDER_OUTPUT, Attributes.of("channels", channels), blocked);
  }

  /** With a single position both orders are the same. */
  private static boolean isPoint(Value v) {
    return v.shape().dim(2).is(1) && v.shape().dim(3).is(1);
  }

  /** What may follow a convolution within its kernel. */
  record Ending(@Nullable Value sum, boolean relu) {
    static final Ending NONE = new Ending(null, false);
  }

  /** The convolution of ONNX Runtime, with weights in its order. */
  Value conv(Value x, Value w, @Nullable Value bias, Ending ending, Attributes attributes) {
    Attributes all = ending.relu ? attributes.with("activation", "Relu") : attributes;
    return ContribOperators.apply(g, ContribOperators.CONV, all, x, w, bias, ending.sum);
  }

  /**
   * {@code x * factor + offset}, each one value per padded channel: a depthwise convolution with
   * one tap, which is one pass over memory.
   */
  Value affine(Value x, Value factor, @Nullable Value offset, Ending ending) {
    long channels = x.shape().dim(1).size();
    return conv(
        x,
        factor.reshape(channels, 1, 1, 1),
        offset,
        ending,
        Attributes.of("kernel_shape", new long[] {1, 1}, "group", channels));
  }

  /** A copy with columns of zeros at the left and the right. */
  Value padColumns(Value x, long left, long right) {
    if (left == 0 && right == 0) {
      return x;
    }
    long channels = x.shape().dim(1).size();
    Value ones = g.filled(TensorType.of(DType.FLOAT32, channels, 1, 1, 1), 1);
    return conv(
        x,
        ones,
        null,
        Ending.NONE,
        Attributes.of("kernel_shape", new long[] {1, 1}, "group", channels)
            .with("pads", new long[] {0, left, 0, right}));
  }

  /** The mean over batch and positions, one value per padded channel. */
  Value mean(Value x) {
    Value perImage =
        ContribOperators.apply(g, ContribOperators.GLOBAL_AVERAGE_POOL, Attributes.NONE, x);
    return perImage.mean(false, 0, 2, 3);
  }

  /**
   * The sum of {@code x * y} over batch and positions, one value per padded channel. Each image and
   * channel is a depthwise convolution of x whose only weights are y, so that no product is stored.
   */
  Value dot(Value x, Value y) {
    long[] s = x.shape().sizes();
    Value perImage =
        conv(
            x.reshape(1, s[0] * s[1], s[2], s[3]),
            y.reshape(s[0] * s[1], 1, s[2], s[3]),
            null,
            Ending.NONE,
            Attributes.of("kernel_shape", new long[] {s[2], s[3]}, "group", s[0] * s[1]));
    return perImage.reshape(s[0], s[1]).sum(false, 0);
  }
}
