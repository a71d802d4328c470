package dev.graft.strategies.evaluation;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.eval.Calibration;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluator;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import org.tribuo.MutableOutputInfo;
import org.tribuo.Prediction;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.evaluation.ConfusionMetrics;
import org.tribuo.classification.evaluation.LabelConfusionMatrix;
import org.tribuo.evaluation.metrics.EvaluationMetric;
import org.tribuo.evaluation.metrics.MetricTarget;
import org.tribuo.impl.ArrayExample;

/**
 * Judges class scores by Tribuo's confusion matrix: {@code accuracy} (which is micro F1, too),
 * {@code macro-f1} (the mean over the classes that occur in truth or predictions), {@code auc}, the
 * mean area under the ROC curve of each class against the rest, {@code log-loss}, the mean negative
 * log probability of the true class in nats, and {@code ece}, the expected calibration error.
 */
public final class ClassificationEvaluator implements Evaluator<ClassLabels> {
  @Override
  public String name() {
    return "classification";
  }

  @Override
  public Class<ClassLabels> targets() {
    return ClassLabels.class;
  }

  @Override
  public Evaluation evaluate(HostTensor scores, Labeled<ClassLabels> data) {
    ClassLabels truth = data.targets();
    int n = truth.size();
    int classes = truth.classes().size();
    double[][] rows = ScoreRows.of(scores, n, classes);
    double[] confidence = new double[n];
    boolean[] right = new boolean[n];
    boolean[][] present = new boolean[n][classes];
    List<Prediction<Label>> predictions = new ArrayList<>();
    TreeSet<Integer> occurring = new TreeSet<>();
    double logLoss = 0;
    for (int i = 0; i < n; i++) {
      int predicted = ScoreRows.largest(rows[i]);
      double normaliser = ScoreRows.logSumExp(rows[i]);
      logLoss += normaliser - rows[i][truth.label(i)];
      confidence[i] = Math.exp(rows[i][predicted] - normaliser);
      right[i] = predicted == truth.label(i);
      present[i][truth.label(i)] = true;
      Arrays.setAll(rows[i], softmax(rows[i], normaliser));
      occurring.add(truth.label(i));
      occurring.add(predicted);
      predictions.add(prediction(truth, truth.label(i), predicted));
    }
    LabelConfusionMatrix matrix =
        new LabelConfusionMatrix(
            domain(truth, occurring).generateImmutableOutputInfo(), predictions);
    double f1 = 0;
    for (int c : occurring) {
      double own = ConfusionMetrics.f1(new MetricTarget<>(label(truth, c)), matrix);
      f1 += Double.isNaN(own) ? 0 : own; // a class that was never predicted
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("accuracy", ConfusionMetrics.accuracy(EvaluationMetric.Average.MICRO, matrix));
    metrics.put("macro-f1", f1 / occurring.size());
    Ranking.meanAreaUnderCurve(rows, present).ifPresent(auc -> metrics.put("auc", auc));
    metrics.put("log-loss", logLoss / n);
    Calibration calibration = Calibration.of(confidence, right);
    metrics.put("ece", calibration.expectedError());
    return new Evaluation(
        n, metrics, truth.classes(), confusion(matrix, truth, occurring), calibration);
  }

  private static MutableOutputInfo<Label> domain(ClassLabels truth, TreeSet<Integer> occurring) {
    MutableOutputInfo<Label> info = new LabelFactory().generateInfo();
    occurring.forEach(c -> info.observe(label(truth, c)));
    return info;
  }

  private static Prediction<Label> prediction(ClassLabels truth, int actual, int predicted) {
    return new Prediction<>(label(truth, predicted), 1, new ArrayExample<>(label(truth, actual)));
  }

  private static Label label(ClassLabels truth, int c) {
    return new Label(truth.classes().get(c));
  }

  private static List<List<Integer>> confusion(
      LabelConfusionMatrix matrix, ClassLabels truth, TreeSet<Integer> occurring) {
    List<List<Integer>> rows = new ArrayList<>();
    for (int actual = 0; actual < truth.classes().size(); actual++) {
      List<Integer> row = new ArrayList<>();
      for (int predicted = 0; predicted < truth.classes().size(); predicted++) {
        boolean counted = occurring.contains(actual) && occurring.contains(predicted);
        row.add(
            counted ? (int) matrix.confusion(label(truth, predicted), label(truth, actual)) : 0);
      }
      rows.add(row);
    }
    return rows;
  }

  private static IntToDoubleFunction softmax(double[] z, double normaliser) {
    return k -> Math.exp(z[k] - normaliser);
  }
}
