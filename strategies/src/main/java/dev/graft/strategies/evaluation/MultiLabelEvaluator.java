package dev.graft.strategies.evaluation;

import dev.graft.data.Labeled;
import dev.graft.data.MultiLabelTargets;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluator;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Judges sets of labels, each found where its probability is at least one half: {@code micro-f1}
 * over all decisions, {@code macro-f1} over the labels that occur in truth or predictions, {@code
 * exact-match} of the whole set, {@code auc} over the labels, and {@code log-loss} per decision.
 */
public final class MultiLabelEvaluator implements Evaluator<MultiLabelTargets> {
  @Override
  public String name() {
    return "multi-label";
  }

  @Override
  public Class<MultiLabelTargets> targets() {
    return MultiLabelTargets.class;
  }

  @Override
  public Evaluation evaluate(HostTensor scores, Labeled<MultiLabelTargets> data) {
    boolean[][] truth = data.targets().present();
    int labels = data.targets().classes().size();
    int n = truth.length;
    double[][] rows = ScoreRows.of(scores, n, labels);
    F1[] perLabel = new F1[labels];
    Arrays.fill(perLabel, F1.NOTHING);
    double logLoss = 0;
    int exact = 0;
    for (int i = 0; i < n; i++) {
      boolean same = true;
      for (int k = 0; k < labels; k++) {
        double z = rows[i][k];
        boolean found = z >= 0;
        perLabel[k] =
            perLabel[k].plus(
                new F1(
                    found && truth[i][k] ? 1 : 0,
                    found && !truth[i][k] ? 1 : 0,
                    !found && truth[i][k] ? 1 : 0));
        same &= found == truth[i][k];
        logLoss += Math.max(z, 0) - (truth[i][k] ? z : 0) + Math.log1p(Math.exp(-Math.abs(z)));
      }
      exact += same ? 1 : 0;
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("micro-f1", Arrays.stream(perLabel).reduce(F1.NOTHING, F1::plus).f1());
    metrics.put(
        "macro-f1",
        Arrays.stream(perLabel)
            .filter(f -> !f.equals(F1.NOTHING))
            .mapToDouble(F1::f1)
            .average()
            .orElse(0));
    metrics.put("exact-match", exact / (double) n);
    Ranking.meanAreaUnderCurve(rows, truth).ifPresent(auc -> metrics.put("auc", auc));
    metrics.put("log-loss", logLoss / n / labels);
    return Evaluation.of(n, metrics);
  }
}
