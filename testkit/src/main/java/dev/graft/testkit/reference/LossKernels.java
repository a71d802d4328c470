package dev.graft.testkit.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Losses over classes along axis 1, and the gradient of cross entropy. */
final class LossKernels {
  private LossKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put(
        "NegativeLogLikelihoodLoss",
        c -> List.of(negativeLogLikelihood(c, c.in(0), c.in(1), c.optional(2))));
    table.put("SoftmaxCrossEntropyLoss", LossKernels::crossEntropy);
    table.put("SoftmaxCrossEntropyLossGradient", LossKernels::crossEntropyGradient);
  }

  /** The weight of each label: its class's, or 0 where the label is to be ignored. */
  private static double[] weights(Call c, Array labels, @Nullable Array classWeights) {
    double[] out = new double[labels.size()];
    boolean ignores = c.attributes().has("ignore_index");
    long ignored = c.i("ignore_index", 0);
    for (int i = 0; i < out.length; i++) {
      long label = labels.integer(i);
      if (!(ignores && label == ignored)) {
        out[i] = classWeights == null ? 1 : classWeights.real((int) label);
      }
    }
    return out;
  }

  /** The position of the score of label {@code i}'s class in {@code [N, C, ...]}. */
  private static int position(Array scores, Array labels, int i) {
    int inner = Indices.product(scores.shape, 2, scores.rank());
    return (i / inner * scores.shape[1] + (int) labels.integer(i)) * inner + i % inner;
  }

  private static Array negativeLogLikelihood(
      Call c, Array logProbabilities, Array labels, @Nullable Array classWeights) {
    double[] weights = weights(c, labels, classWeights);
    double[] losses = new double[weights.length];
    for (int i = 0; i < losses.length; i++) {
      if (weights[i] != 0) {
        losses[i] = -weights[i] * logProbabilities.real(position(logProbabilities, labels, i));
      }
    }
    String reduction = c.attributes().s("reduction", "mean");
    if (reduction.equals("none")) {
      return Array.of(logProbabilities.dtype, labels.shape, losses);
    }
    double sum = Arrays.stream(losses).sum();
    double divisor = reduction.equals("mean") ? Arrays.stream(weights).sum() : 1;
    return Array.of(logProbabilities.dtype, new int[0], new double[] {sum / divisor});
  }

  private static List<Array> crossEntropy(Call c) {
    Array log = ActivationKernels.softmax(c.in(0), 1, true);
    return List.of(negativeLogLikelihood(c, log, c.in(1), c.optional(2)), log);
  }

  /** Softmax minus the one-hot label, times the weight of the sample. */
  private static List<Array> crossEntropyGradient(Call c) {
    Array dy = c.in(0);
    Array log = c.in(1);
    Array labels = c.in(2);
    double[] weights = weights(c, labels, c.optional(3));
    double divisor =
        c.attributes().s("reduction", "mean").equals("mean") ? Arrays.stream(weights).sum() : 1;
    int inner = Indices.product(log.shape, 2, log.rank());
    int classes = log.shape[1];
    double[] out = new double[log.size()];
    for (int i = 0; i < weights.length; i++) {
      double scale = weights[i] * dy.real(dy.size() == 1 ? 0 : i) / divisor;
      for (int k = 0; k < classes; k++) {
        int at = (i / inner * classes + k) * inner + i % inner;
        out[at] = scale * (Math.exp(log.real(at)) - (k == labels.integer(i) ? 1 : 0));
      }
    }
    return List.of(Array.of(log.dtype, log.shape, out));
  }
}
