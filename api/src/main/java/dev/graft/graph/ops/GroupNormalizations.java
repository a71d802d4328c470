package dev.graft.graph.ops;

import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation of each image over groups of its channels (Wu and He 2018); with one channel per
 * group it is instance normalisation.
 */
final class GroupNormalizations {
  /** Of a value seen as [N, groups, everything else]. */
  private static final long[] WITHIN_GROUP = {2};

  private GroupNormalizations() {}

  /** The normalised input, as [N, groups, ...], and what it was made from. */
  private record Normalized(Value value, Value invstd) {}

  static List<@Nullable Value> formula(NodeContext node) {
    Value x = node.in(0);
    Value normalized = Sizes.reshape(normalize(node).value(), x.shape().dims(), x).cast(x.dtype());
    return Arrays.asList(
        normalized
            .mul(Normalizations.perChannel(node.in(1), x.rank()))
            .add(Normalizations.perChannel(node.in(2), x.rank())));
  }

  private static Normalized normalize(NodeContext node) {
    Value x = grouped(node, node.in(0));
    Value centered = x.sub(x.mean(true, WITHIN_GROUP));
    Value variance = centered.square().mean(true, WITHIN_GROUP);
    Value invstd = Normalizations.inverseDeviation(variance, Normalizations.epsilon(node));
    return new Normalized(centered.mul(invstd), invstd);
  }

  private static Value grouped(NodeContext node, Value x) {
    List<Dim> d = x.shape().dims();
    boolean perInstance = node.operator().name().equals("InstanceNormalization");
    Dim groups = perInstance ? d.get(1) : Dim.of(node.attributes().i("num_groups", 1));
    List<Dim> split = new ArrayList<>(List.of(d.get(0), groups));
    split.add(Shapes.product(d.subList(1, d.size())).floorDiv(groups));
    // Half precision is too short for the sums.
    DType dtype = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    return Sizes.reshape(x.cast(dtype), split);
  }

  static List<@Nullable Value> gradient(GradientContext g) {
    Value x = g.in(0);
    DType dtype = x.dtype();
    Normalized n = normalize(g.node());
    Value normalized = n.value().reshape(x.shape().sizes()).cast(dtype);
    Value dx = null;
    if (g.needs(0)) {
      Value dNormalized = g.dy().mul(Normalizations.perChannel(g.in(1), x.rank()));
      dx =
          Normalizations.normalizedGradient(
                  grouped(g.node(), dNormalized), n.value(), n.invstd(), WITHIN_GROUP)
              .reshape(x.shape().sizes())
              .cast(dtype);
    }
    long[] others = LongStream.range(0, x.rank()).filter(i -> i != 1).toArray();
    return Arrays.asList(
        dx,
        g.needs(1) ? g.dy().mul(normalized).sum(false, others) : null,
        g.needs(2) ? g.dy().sum(false, others) : null);
  }
}
