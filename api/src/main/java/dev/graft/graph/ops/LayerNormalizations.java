package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Normalisation over the last axes (Ba, Kiros, Hinton 2016), with or without the mean. */
final class LayerNormalizations {
  private LayerNormalizations() {}

  static List<@Nullable Value> layerNorm(NodeContext node) {
    DType dtype = node.type(0).dtype();
    Value x = node.in(0).cast(Normalizations.statisticsType(node));
    long[] axes = axes(node);
    Value mean = x.mean(true, axes);
    Value centered = x.sub(mean);
    Value variance = centered.square().mean(true, axes);
    Value invstd = Normalizations.inverseDeviation(variance, Normalizations.epsilon(node));
    Value scaled = centered.mul(invstd).cast(dtype).mul(node.in(1));
    return Arrays.asList(node.has(2) ? scaled.add(node.in(2)) : scaled, mean, invstd);
  }

  /** The axes that are normalised over. */
  private static long[] axes(NodeContext node) {
    return axes(node, node.type(0).rank());
  }

  private static long[] axes(NodeContext node, int rank) {
    int first = Shapes.axis(node, node.attributes().i("axis", -1), rank);
    return LongStream.range(first, rank).toArray();
  }

  static List<@Nullable Value> gradient(GradientContext g) {
    if (g.hasGradient(1) || g.hasGradient(2)) {
      throw g.node().error("has a derivative for its first output only, not for statistics");
    }
    Attributes axis = Attributes.of("axis", g.attributes().i("axis", -1));
    List<Value> d =
        g.builder()
            .ops("LayerNormalizationGradient", axis, 3, g.dy(), g.in(0), g.in(1), g.y(1), g.y(2));
    Value dBias = null;
    if (g.needs(2)) {
      boolean likeScale = g.in(2).type().equals(g.in(1).type());
      dBias = likeScale ? d.get(2) : g.unbroadcast(g.dy(), 2);
    }
    return Arrays.asList(d.get(0), d.get(1), dBias);
  }

  /** LayerNormalizationGradient: of (dy, x, scale, mean, invstd). */
  static List<@Nullable Value> gradientFormula(NodeContext node) {
    DType dtype = node.type(1).dtype();
    DType statistics = node.type(3).dtype();
    Value dy = node.in(0).cast(statistics);
    Value scale = node.in(2).cast(statistics);
    Value invstd = node.in(4);
    Value normalized = node.in(1).cast(statistics).sub(node.in(3)).mul(invstd);
    Value dx =
        Normalizations.normalizedGradient(
            dy.mul(scale), normalized, invstd, axes(node, node.type(1).rank()));
    return Arrays.asList(
        dx.cast(dtype),
        node.builder().sumTo(dy.mul(normalized), scale.shape()).cast(dtype),
        node.builder().sumTo(dy, scale.shape()).cast(dtype));
  }

  /** x / sqrt(mean(x^2) + epsilon) * scale (Zhang and Sennrich 2019, eq. 4). */
  static List<@Nullable Value> rms(NodeContext node) {
    Value x = node.in(0).cast(Normalizations.statisticsType(node));
    Value mean = x.square().mean(true, axes(node));
    Value invrms = Normalizations.inverseDeviation(mean, Normalizations.epsilon(node));
    return Arrays.asList(x.mul(invrms).cast(node.type(0).dtype()).mul(node.in(1)));
  }
}
