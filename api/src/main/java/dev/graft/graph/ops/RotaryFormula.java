package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rotates pairs of elements of each head by an angle that grows with the position (Su et al. 2021,
 * eq. 34). A pair is two neighbours when interleaved, else two elements half a head apart.
 */
final class RotaryFormula {
  private RotaryFormula() {}

  static List<@Nullable Value> of(NodeContext node) {
    GraphBuilder b = node.builder();
    Value x = node.in(0);
    boolean flat = x.rank() == 3;
    int headAxis = flat ? 2 : 1;
    Value heads = flat ? Sizes.reshape(x, split(node, x)) : x;
    long size = heads.shape().dim(3).size();
    long rotated = node.attributes().i("rotary_embedding_dim", 0);
    rotated = rotated == 0 ? size : rotated;
    Value cos = angles(node, 1).unsqueeze(headAxis);
    Value sin = angles(node, 2).unsqueeze(headAxis);
    Value part = rotated == size ? heads : heads.slice(3, 0, rotated);
    Value turned =
        node.attributes().i("interleaved", 0) != 0
            ? neighbours(part, cos, sin)
            : halves(part, cos, sin, rotated / 2);
    if (rotated != size) {
      Value rest = heads.slice(3, rotated, size);
      turned = b.op("Concat", Attributes.of("axis", 3), turned, rest);
    }
    return Arrays.asList(flat ? Sizes.reshape(turned, x.shape().dims()) : turned);
  }

  private static List<Dim> split(NodeContext node, Value x) {
    long heads = node.attributes().i("num_heads", 0);
    if (heads < 1) {
      throw node.error("needs the attribute 'num_heads' for an input of rank 3");
    }
    List<Dim> d = x.shape().dims();
    return List.of(d.get(0), d.get(1), Dim.of(heads), d.get(2).floorDiv(Dim.of(heads)));
  }

  /** Cosines or sines as [batch, sequence, pairs]. */
  private static Value angles(NodeContext node, int i) {
    return node.has(3) ? node.builder().op("Gather", node.in(i), node.in(3)) : node.in(i);
  }

  private static Value halves(Value x, Value cos, Value sin, long half) {
    Value first = x.slice(3, 0, half);
    Value second = x.slice(3, half, 2 * half);
    return x.builder()
        .op(
            "Concat",
            Attributes.of("axis", 3),
            cos.mul(first).sub(sin.mul(second)),
            sin.mul(first).add(cos.mul(second)));
  }

  private static Value neighbours(Value x, Value cos, Value sin) {
    List<Dim> pairs = new ArrayList<>(x.shape().dims());
    pairs.set(3, x.shape().dim(3).floorDiv(Dim.of(2)));
    pairs.add(Dim.of(2));
    Value paired = Sizes.reshape(x, pairs);
    Value first = paired.slice(4, 0, 1).squeeze(4);
    Value second = paired.slice(4, 1, 2).squeeze(4);
    Value turned =
        x.builder()
            .op(
                "Concat",
                Attributes.of("axis", 4),
                cos.mul(first).sub(sin.mul(second)).unsqueeze(4),
                sin.mul(first).add(cos.mul(second)).unsqueeze(4));
    return Sizes.reshape(turned, x.shape().dims());
  }
}
