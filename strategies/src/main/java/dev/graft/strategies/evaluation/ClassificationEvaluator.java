package dev.graft.strategies.evaluation;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluator;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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
 * Judges class scores by Tribuo's confusion matrix: {@code accuracy}, {@code macro-f1} (the mean
 * over the classes that occur in truth or predictions), and {@code log-loss}, the mean negative log
 * probability of the true class in nats.
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
  public Evaluation evaluate(HostTensor outputs, Labeled<ClassLabels> data) {
    ClassLabels truth = data.targets();
    int n = truth.size();
    int classes = truth.classes().size();
    if (n == 0) {
      throw new DataException("there is no example to evaluate");
    }
    if (outputs.size() != n * classes) {
      throw new DataException(
          "expected logits for "
              + n
              + " examples of "
              + classes
              + " classes, but got "
              + outputs.type());
    }
    List<Prediction<Label>> predictions = new ArrayList<>();
    TreeSet<Integer> occurring = new TreeSet<>();
    double logLoss = 0;
    for (int i = 0; i < n; i++) {
      int predicted = largest(outputs, i * classes, classes);
      logLoss += logLoss(outputs, i * classes, classes, truth.label(i));
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
    metrics.put("log-loss", logLoss / n);
    return new Evaluation(n, metrics, truth.classes(), confusion(matrix, truth, occurring));
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

  private static int largest(HostTensor outputs, int start, int classes) {
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = outputs.getDouble(start + k) > outputs.getDouble(start + best) ? k : best;
    }
    return best;
  }

  /** {@code log(sum(exp(z))) - z[label]}, which is exact also where the probability underflows. */
  private static double logLoss(HostTensor outputs, int start, int classes, int label) {
    double max = outputs.getDouble(start + largest(outputs, start, classes));
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      sum += Math.exp(outputs.getDouble(start + k) - max);
    }
    return Math.log(sum) - (outputs.getDouble(start + label) - max);
  }
}
