package dev.graft.strategies.evaluation;

import dev.graft.data.Labeled;
import dev.graft.data.RegressionTargets;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluator;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tribuo.ImmutableOutputInfo;
import org.tribuo.MutableOutputInfo;
import org.tribuo.Prediction;
import org.tribuo.evaluation.metrics.EvaluationMetric.Average;
import org.tribuo.evaluation.metrics.MetricTarget;
import org.tribuo.impl.ArrayExample;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.evaluation.RegressionMetrics;
import org.tribuo.regression.evaluation.RegressionSufficientStatistics;

/**
 * Judges numbers by Tribuo's {@code mae}, {@code rmse} and {@code r2}, in the units of the targets;
 * with several numbers their mean, and each one's own as {@code rmse/NAME} and so on.
 */
public final class RegressionEvaluator implements Evaluator<RegressionTargets> {
  @Override
  public String name() {
    return "regression";
  }

  @Override
  public Class<RegressionTargets> targets() {
    return RegressionTargets.class;
  }

  @Override
  public Evaluation evaluate(HostTensor scores, Labeled<RegressionTargets> data) {
    List<String> names = data.targets().names();
    int n = data.size();
    double[][] rows = ScoreRows.of(scores, n, names.size());
    MutableOutputInfo<Regressor> domain = new RegressionFactory().generateInfo();
    List<Prediction<Regressor>> predictions = new ArrayList<>();
    String[] dimensions = names.toArray(String[]::new);
    for (int i = 0; i < n; i++) {
      double[] values = new double[dimensions.length];
      for (int k = 0; k < values.length; k++) {
        values[k] = data.targets().values()[i][k];
      }
      Regressor truth = new Regressor(dimensions, values);
      domain.observe(truth);
      predictions.add(
          new Prediction<>(new Regressor(dimensions, rows[i]), 1, new ArrayExample<>(truth)));
    }
    ImmutableOutputInfo<Regressor> known = domain.generateImmutableOutputInfo();
    RegressionSufficientStatistics statistics =
        new RegressionSufficientStatistics(known, predictions, false);
    Map<String, Double> metrics = new LinkedHashMap<>();
    put(metrics, "", new MetricTarget<>(Average.MACRO), statistics);
    for (int k = 0; k < dimensions.length && dimensions.length > 1; k++) {
      Regressor one = new Regressor(dimensions[k], 0);
      put(metrics, "/" + dimensions[k], new MetricTarget<>(one), statistics);
    }
    return Evaluation.of(n, metrics);
  }

  private static void put(
      Map<String, Double> metrics,
      String suffix,
      MetricTarget<Regressor> target,
      RegressionSufficientStatistics statistics) {
    metrics.put("mae" + suffix, RegressionMetrics.mae(target, statistics));
    metrics.put("rmse" + suffix, RegressionMetrics.rmse(target, statistics));
    metrics.put("r2" + suffix, RegressionMetrics.r2(target, statistics));
  }
}
