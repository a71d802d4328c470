package dev.graft.strategies.evaluation;

import dev.graft.eval.Evaluation;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Judges how well a classifier's scores tell examples of its classes from examples of none of them:
 * the area under the ROC curve of the largest softmax probability, {@code auc} (Hendrycks and
 * Gimpel 2017), and of the log-sum-exp of the logits, {@code energy-auc}, which is the negative
 * free energy (Liu et al. 2020, eq. 4). One half is chance.
 */
public final class ScopeEvaluator {
  private ScopeEvaluator() {}

  /**
   * @param inside logits {@code [examples, classes]} of examples of the classes
   * @param outside those of examples of none of them
   */
  public static Evaluation evaluate(HostTensor inside, HostTensor outside) {
    int classes = (int) inside.shape().sizes()[1];
    double[][] in = ScoreRows.of(inside, (int) inside.shape().sizes()[0], classes);
    double[][] out = ScoreRows.of(outside, (int) outside.shape().sizes()[0], classes);
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("auc", area(in, out, z -> z[ScoreRows.largest(z)] - ScoreRows.logSumExp(z)));
    metrics.put("energy-auc", area(in, out, ScoreRows::logSumExp));
    return Evaluation.of(in.length + out.length, metrics);
  }

  private static double area(double[][] in, double[][] out, ToDoubleFunction<double[]> score) {
    boolean[] present = new boolean[in.length + out.length];
    Arrays.fill(present, 0, in.length, true);
    double[] scores =
        Stream.concat(Arrays.stream(in), Arrays.stream(out)).mapToDouble(score).toArray();
    return Ranking.areaUnderCurve(scores, present).orElseThrow();
  }
}
