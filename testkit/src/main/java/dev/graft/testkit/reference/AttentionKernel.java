package dev.graft.testkit.reference;

import dev.graft.tensor.DType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1) with grouped heads, key-value cache,
 * masks, local windows and soft capping, as ONNX has it from opset 23 on.
 */
final class AttentionKernel {
  private final Call call;
  private final Array q;
  private final Array k;
  private final Array v;

  private AttentionKernel(Call call) {
    this.call = call;
    this.q = heads(call.in(0), call.i("q_num_heads", 0));
    this.k = withPast(4, heads(call.in(1), call.i("kv_num_heads", 0)));
    this.v = withPast(5, heads(call.in(2), call.i("kv_num_heads", 0)));
  }

  static void register(Map<String, Kernel> table) {
    table.put("Attention", c -> new AttentionKernel(c).run());
    table.put("RotaryEmbedding", AttentionKernel::rotate);
  }

  /** Turns pairs of elements of each head by angles of their position (Su et al. 2021, eq. 34). */
  private static List<Array> rotate(Call c) {
    Array x = heads(c.in(0), c.i("num_heads", 0));
    int length = x.shape[2];
    int size = x.shape[3];
    int rotated = (int) c.i("rotary_embedding_dim", 0);
    int pairs = (rotated == 0 ? size : rotated) / 2;
    boolean interleaved = c.flag("interleaved");
    double[] out = x.reals().clone();
    for (int row = 0; row < x.size() / size; row++) {
      int token = row / length / x.shape[1] * length + row % length;
      int angles = (c.has(3) ? (int) c.in(3).integer(token) : token) * pairs;
      for (int p = 0; p < pairs; p++) {
        int first = row * size + (interleaved ? 2 * p : p);
        int second = interleaved ? first + 1 : first + pairs;
        double cos = c.in(1).real(angles + p);
        double sin = c.in(2).real(angles + p);
        out[first] = cos * x.real(first) - sin * x.real(second);
        out[second] = sin * x.real(first) + cos * x.real(second);
      }
    }
    Array turned = Array.of(x.dtype, x.shape, out);
    return List.of(
        c.in(0).rank() == 4
            ? turned
            : ShapeKernels.transpose(turned, 0, 2, 1, 3).reshape(c.in(0).shape));
  }

  /** {@code [batch, length, heads * size]} as {@code [batch, heads, length, size]}. */
  private static Array heads(Array x, long count) {
    if (x.rank() == 4) {
      return x;
    }
    int n = (int) count;
    Array split = x.reshape(x.shape[0], x.shape[1], n, x.shape[2] / n);
    return ShapeKernels.transpose(split, 0, 2, 1, 3);
  }

  private Array withPast(int input, Array x) {
    return call.has(input) ? ShapeKernels.concat(List.of(call.in(input), x), 2) : x;
  }

  private List<Array> run() {
    int batch = q.shape[0];
    int heads = q.shape[1];
    int queries = q.shape[2];
    int keys = k.shape[2];
    int size = v.shape[3];
    int repeat = heads / k.shape[1];
    double[] y = new double[batch * heads * queries * size];
    double[] shown = new double[batch * heads * queries * keys];
    for (int n = 0; n < batch; n++) {
      for (int h = 0; h < heads; h++) {
        int kv = n * k.shape[1] + h / repeat;
        for (int i = 0; i < queries; i++) {
          int row = (n * heads + h) * queries + i;
          double[] weights = row(n, h, i, row, kv, shown);
          for (int j = 0; j < keys; j++) {
            // A masked key adds nothing, even if its value is infinite or not a number.
            for (int e = 0; weights[j] != 0 && e < size; e++) {
              y[row * size + e] += weights[j] * v.real((kv * keys + j) * size + e);
            }
          }
        }
      }
    }
    Array out = Array.of(q.dtype, new int[] {batch, heads, queries, size}, y);
    if (call.in(0).rank() == 3) {
      out = ShapeKernels.transpose(out, 0, 2, 1, 3).reshape(batch, queries, heads * size);
    }
    return List.of(out, k, v, Array.of(q.dtype, new int[] {batch, heads, queries, keys}, shown));
  }

  /** The attention of one query to all keys; also writes what output 3 is to show. */
  private double[] row(int n, int h, int i, int row, int kv, double[] shown) {
    int keys = k.shape[2];
    int size = q.shape[3];
    double scale = call.f("scale", 1 / Math.sqrt(size));
    double cap = call.f("softcap", 0);
    long mode = call.i("qk_matmul_output_mode", 0);
    double[] score = new double[keys];
    for (int j = 0; j < keys; j++) {
      double dot = 0;
      for (int e = 0; e < size; e++) {
        dot += q.real(row * size + e) * k.real((kv * keys + j) * size + e);
      }
      double raw = dot * scale;
      double capped = cap > 0 ? cap * Math.tanh(raw / cap) : raw;
      double bias = bias(n, h, i, j);
      score[j] = bias == Double.NEGATIVE_INFINITY ? bias : capped + bias;
      shown[row * keys + j] = mode == 0 ? raw : mode == 1 ? capped : score[j];
    }
    double[] weights = softmax(score);
    if (mode == 3) {
      System.arraycopy(weights, 0, shown, row * keys, keys);
    }
    return weights;
  }

  /** Softmax in which a row without any key gives zeros. */
  private static double[] softmax(double[] score) {
    double max = Double.NEGATIVE_INFINITY;
    for (double s : score) {
      max = Math.max(max, s);
    }
    double[] out = new double[score.length];
    if (max == Double.NEGATIVE_INFINITY) {
      return out;
    }
    double sum = 0;
    for (int j = 0; j < out.length; j++) {
      out[j] = Math.exp(score[j] - max);
      sum += out[j];
    }
    for (int j = 0; j < out.length; j++) {
      out[j] /= sum;
    }
    return out;
  }

  /** What is added to a score: minus infinity where the query may not see the key. */
  private double bias(int n, int h, int i, int j) {
    Array valid = call.optional(6);
    int past = call.has(4) ? call.in(4).shape[2] : 0;
    // Where the query stands among the keys.
    long at = i + (valid != null ? valid.integer(n) - q.shape[2] : past);
    long left = call.i("left_window_size", -1);
    long right = call.i("right_window_size", -1);
    boolean hidden =
        (valid != null && j >= valid.integer(n))
            || (call.flag("is_causal") && j > at)
            || (left >= 0 && j < at - left)
            || (right >= 0 && j > at + right);
    return hidden ? Double.NEGATIVE_INFINITY : mask(call.optional(3), n, h, i, j);
  }

  private double mask(@Nullable Array mask, int n, int h, int i, int j) {
    if (mask == null) {
      return 0;
    }
    // A mask that is shorter than the keys hides the rest.
    if (j >= mask.dim(-1) && mask.dim(-1) != 1) {
      return Double.NEGATIVE_INFINITY;
    }
    int[] wanted = {n, h, i, j};
    int[] at = new int[mask.rank()];
    for (int axis = 0; axis < at.length; axis++) {
      at[axis] = mask.shape[axis] == 1 ? 0 : wanted[4 - at.length + axis];
    }
    int p = Indices.position(at, mask.shape);
    if (mask.dtype == DType.BOOL) {
      return mask.integer(p) != 0 ? 0 : Double.NEGATIVE_INFINITY;
    }
    return mask.real(p);
  }
}
