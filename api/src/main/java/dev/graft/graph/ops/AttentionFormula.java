package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * softmax(q k^T scale + bias) v (Vaswani et al. 2017, eq. 1), with what ONNX's operator adds:
 * shared key heads, caches, masks, windows and a cap on the scores.
 */
final class AttentionFormula {
  private final NodeContext node;
  private final GraphBuilder builder;

  private AttentionFormula(NodeContext node) {
    this.node = node;
    this.builder = node.builder();
  }

  static List<@Nullable Value> of(NodeContext node) {
    return new AttentionFormula(node).outputs();
  }

  private List<@Nullable Value> outputs() {
    Attributes a = node.attributes();
    Value q = heads(0, "q_num_heads");
    Value k = cached(4, heads(1, "kv_num_heads"));
    Value v = cached(5, heads(2, "kv_num_heads"));
    double scale = a.f("scale", 1 / Math.sqrt(q.shape().dim(3).size()));
    Value raw = q.mul(scale).matmul(shared(k, q).transposeLast());
    double cap = a.f("softcap", 0);
    Value capped = cap > 0 ? builder.op("Tanh", raw.div(cap)).mul(cap) : raw;
    Value bias = bias(q, k);
    Value scores = bias == null ? capped : capped.add(bias);
    // A query that may see no key would divide 0 by 0: its bias is kept finite, its result cleared.
    boolean mayBeBlind = bias != null && canHideAllKeys();
    Value safe = mayBeBlind ? capped.add(finite(bias)) : scores;
    Value weights = softmax(safe);
    Value y = weights.cast(v.dtype()).matmul(shared(v, q)).cast(q.dtype());
    if (mayBeBlind) {
      Value sees = sees(bias);
      y = y.mul(sees);
      weights = weights.mul(sees);
    }
    if (node.type(0).rank() == 3) {
      List<Dim> flat = Attention.attention(node).get(0).shape().dims();
      y = Sizes.reshape(y.transpose(0, 2, 1, 3), flat);
    }
    Value shown =
        switch ((int) a.i("qk_matmul_output_mode", 0)) {
          case 0 -> raw;
          case 1 -> capped;
          case 2 -> scores;
          default -> weights;
        };
    return Arrays.asList(y, k, v, shown);
  }

  /** Minus infinity replaced by what a softmax cannot tell from it. */
  private Value finite(Value bias) {
    double least =
        switch (bias.dtype()) {
          case FLOAT16 -> -3e4;
          case FLOAT64 -> -1e300;
          default -> -1e38;
        };
    return builder.op("Max", bias, bias.constant(least));
  }

  /** 1 for a query that may see some key, else 0. */
  private Value sees(Value bias) {
    Value best = bias.max(true, -1);
    return best.greater(best.constant(Double.NEGATIVE_INFINITY)).cast(bias.dtype());
  }

  /** An input as [batch, heads, sequence, size]. */
  private Value heads(int i, String attribute) {
    Value x = node.in(i);
    if (x.rank() == 4) {
      return x;
    }
    Shape s = x.shape();
    Dim heads = Dim.of(node.attributes().i(attribute, 1));
    List<Dim> split = List.of(s.dim(0), s.dim(1), heads, s.dim(2).floorDiv(heads));
    return Sizes.reshape(x, split).transpose(0, 2, 1, 3);
  }

  private Value cached(int past, Value now) {
    return node.has(past)
        ? builder.op("Concat", Attributes.of("axis", 2), node.in(past), now)
        : now;
  }

  /** Keys or values repeated for the query heads that share them. */
  private Value shared(Value k, Value q) {
    List<Dim> d = k.shape().dims();
    Dim copies = q.shape().dim(1).floorDiv(d.get(1));
    if (copies.is(1)) {
      return k;
    }
    Value ones = builder.vector(1, 1, copies.size(), 1, 1);
    Value repeated = builder.op("Expand", k.unsqueeze(2), ones);
    return Sizes.reshape(repeated, List.of(d.get(0), q.shape().dim(1), d.get(2), d.get(3)));
  }

  /** Softmax over the keys. */
  private Value softmax(Value scores) {
    DType precision = Shapes.dtype(node, "softmax_precision", scores.dtype());
    Value weights = builder.op("Softmax", Attributes.of("axis", -1), scores.cast(precision));
    return weights.cast(scores.dtype());
  }

  /** Plain causal attention always leaves the first key. */
  private boolean canHideAllKeys() {
    return node.has(3) || node.has(6) || window("left") >= 0 || window("right") >= 0;
  }

  private long window(String side) {
    return node.attributes().i(side + "_window_size", -1);
  }

  // --- which keys a query may see

  /** What is added to the scores: 0 where a key may be seen, else minus infinity. */
  private @Nullable Value bias(Value q, Value k) {
    List<Value> conditions = new ArrayList<>();
    Value mask = node.has(3) ? padded(node.in(3), k.shape().dim(2), k) : null;
    if (mask != null && mask.dtype() == DType.BOOL) {
      conditions.add(mask);
    }
    boolean causal = node.attributes().i("is_causal", 0) != 0;
    long left = window("left");
    long right = window("right");
    if (causal || left >= 0 || right >= 0) {
      Value key = range(k, 2);
      Value query = position(q);
      if (causal) {
        conditions.add(builder.op("LessOrEqual", key, query));
      }
      if (left >= 0) {
        conditions.add(builder.op("GreaterOrEqual", key, query.sub(left)));
      }
      if (right >= 0) {
        conditions.add(builder.op("LessOrEqual", key, query.add(right)));
      }
    }
    if (node.has(6)) {
      Value lengths = node.in(6).cast(DType.INT64).unsqueeze(1, 2, 3);
      conditions.add(builder.op("Less", range(k, 2), lengths));
    }
    Value bias =
        conditions.stream()
            .reduce((a, b) -> builder.op("And", a, b))
            .map(seen -> seen.where(q.constant(0), q.constant(Double.NEGATIVE_INFINITY)))
            .orElse(null);
    if (mask == null || mask.dtype() == DType.BOOL) {
      return bias;
    }
    return bias == null ? mask : bias.add(mask);
  }

  /** The position of each query among the keys, as a column; per batch with an outer cache. */
  private Value position(Value q) {
    Value index = range(q, 2).unsqueeze(1);
    if (node.has(4)) {
      Dim past = node.type(4).shape().dim(2);
      return index.add(Sizes.vector(node.in(4), List.of(past)));
    }
    if (node.has(6)) {
      Value count = Sizes.vector(q, List.of(q.shape().dim(2)));
      return index.add(node.in(6).cast(DType.INT64).sub(count).unsqueeze(1, 2, 3));
    }
    return index;
  }

  /** 0, 1, ... along an axis. */
  private Value range(Value v, int axis) {
    Value count = Sizes.vector(v, List.of(v.shape().dim(axis))).squeeze(0);
    return builder.op(
        "Range", builder.scalar(DType.INT64, 0), count, builder.scalar(DType.INT64, 1));
  }

  /** A mask that is shorter than the keys hides the rest of them. */
  private Value padded(Value mask, Dim keys, Value k) {
    Dim missing = keys.minus(mask.shape().dim(-1));
    if (missing.is(0)) {
      return mask;
    }
    int rank = mask.rank();
    List<Dim> pads =
        new ArrayList<>(IntStream.range(0, 2 * rank).mapToObj(i -> Dim.of(0)).toList());
    pads.set(2 * rank - 1, missing);
    Value hidden = mask.constant(mask.dtype() == DType.BOOL ? 0 : Double.NEGATIVE_INFINITY);
    return builder.op("Pad", mask, Sizes.vector(k, pads), hidden);
  }
}
