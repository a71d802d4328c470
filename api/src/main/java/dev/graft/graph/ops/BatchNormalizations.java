package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation, with running statistics and with those of the batch (Ioffe and Szegedy
 * 2015). Statistics are vectors with one value per channel.
 */
final class BatchNormalizations {
  private BatchNormalizations() {}

  /** With running statistics an affine map per channel; in training mode the row for training. */
  static List<@Nullable Value> batchNorm(NodeContext node) {
    if (isTraining(node)) {
      Value[] in = node.inputs().toArray(Value[]::new);
      Attributes a = node.attributes().without("training_mode", "spatial");
      return new ArrayList<>(node.builder().ops("BatchNormalizationTraining", a, 3, in));
    }
    Value factor = node.in(1).mul(invstd(node));
    Value offset = node.in(2).sub(node.in(3).mul(factor));
    int rank = node.type(0).rank();
    return Arrays.asList(
        node.in(0)
            .mul(Normalizations.perChannel(factor, rank))
            .add(Normalizations.perChannel(offset, rank)));
  }

  private static boolean isTraining(NodeContext node) {
    return node.attributes().i("training_mode", 0) != 0;
  }

  private static Value invstd(NodeContext node) {
    return Normalizations.inverseDeviation(node.in(4), Normalizations.epsilon(node));
  }

  static List<@Nullable Value> gradient(GradientContext g) {
    return isTraining(g.node()) ? ofTrainingMode(g) : ofInference(g);
  }

  /** y = scale (x - mean) invstd + bias, where mean and invstd are given. */
  private static List<@Nullable Value> ofInference(GradientContext g) {
    int rank = g.y().rank();
    Value scale = g.in(1);
    Value mean = g.in(3);
    Value invstd = invstd(g.node());
    Value factor = scale.mul(invstd);
    Value dx = g.needs(0) ? g.dy().mul(Normalizations.perChannel(factor, rank)) : null;
    boolean statistics = g.needs(3) || g.needs(4);
    Value dBias = g.needs(2) || statistics ? sum(g.dy()) : null;
    Value dScale = null;
    if (g.needs(1) || g.needs(4)) {
      Value centered = g.in(0).sub(Normalizations.perChannel(mean, rank));
      dScale = sum(g.dy().mul(centered)).mul(invstd);
    }
    Value dMean = g.needs(3) && dBias != null ? dBias.mul(factor).neg() : null;
    Value dVariance =
        g.needs(4) && dScale != null ? dScale.mul(scale).mul(invstd.square()).mul(-0.5) : null;
    return Arrays.asList(dx, dScale, dBias, dMean, dVariance);
  }

  private static List<@Nullable Value> ofTrainingMode(GradientContext g) {
    Value x = g.in(0);
    Value mean = x.mean(true, overBatch(x.rank()));
    Value variance = x.sub(mean).square().mean(false, overBatch(x.rank()));
    Value invstd = Normalizations.inverseDeviation(variance, Normalizations.epsilon(g.node()));
    return gradients(g, mean.reshape(-1), invstd);
  }

  /** The statistics of the batch depend on x, the running ones are no part of the objective. */
  static List<@Nullable Value> trainingGradient(GradientContext g) {
    return gradients(g, g.y(3), g.y(4));
  }

  private static List<@Nullable Value> gradients(GradientContext g, Value mean, Value invstd) {
    for (int i = 1; i < g.outputs().size(); i++) {
      if (g.hasGradient(i)) {
        throw g.node().error("has a derivative for its first output only, not for statistics");
      }
    }
    List<@Nullable Value> result =
        new ArrayList<>(
            g.builder()
                .ops(
                    "BatchNormalizationGradient",
                    Attributes.NONE,
                    3,
                    g.dy(),
                    g.in(0),
                    g.in(1),
                    mean,
                    invstd));
    return result;
  }

  /** BatchNormalizationTraining. */
  static List<@Nullable Value> training(NodeContext node) {
    Value x = node.in(0);
    int rank = x.rank();
    double momentum = node.attributes().f("momentum", 0.9);
    Value mean = x.mean(true, overBatch(rank));
    Value centered = x.sub(mean);
    Value variance = centered.square().mean(false, overBatch(rank));
    Value invstd = Normalizations.inverseDeviation(variance, Normalizations.epsilon(node));
    Value y =
        centered
            .mul(Normalizations.perChannel(node.in(1).mul(invstd), rank))
            .add(Normalizations.perChannel(node.in(2), rank));
    Value meanVector = mean.reshape(-1);
    return Arrays.asList(
        y,
        moved(node.in(3), meanVector, momentum),
        moved(node.in(4), variance, momentum),
        meanVector,
        invstd);
  }

  private static Value moved(Value running, Value batch, double momentum) {
    return running.mul(momentum).add(batch.cast(running.dtype()).mul(1 - momentum));
  }

  /** BatchNormalizationGradient: of (dy, x, scale, mean, invstd). */
  static List<@Nullable Value> gradientFormula(NodeContext node) {
    Value dy = node.in(0);
    Value x = node.in(1);
    int rank = x.rank();
    Value invstd = Normalizations.perChannel(node.in(4), rank);
    Value normalized = x.sub(Normalizations.perChannel(node.in(3), rank)).mul(invstd);
    Value dScale = sum(dy.mul(normalized));
    Value dBias = sum(dy);
    double count = x.shape().elements() / (double) x.shape().dim(1).size();
    Value meanDy = Normalizations.perChannel(dBias.mul(1 / count), rank);
    Value meanProduct = Normalizations.perChannel(dScale.mul(1 / count), rank);
    Value factor = Normalizations.perChannel(node.in(2).mul(node.in(4)), rank);
    Value dx = dy.sub(meanDy).sub(normalized.mul(meanProduct)).mul(factor);
    return Arrays.asList(dx, dScale, dBias);
  }

  private static Value sum(Value v) {
    return v.sum(false, overBatch(v.rank()));
  }

  /** All axes but that of the channels. */
  private static long[] overBatch(int rank) {
    return LongStream.range(0, rank).filter(i -> i != 1).toArray();
  }
}
