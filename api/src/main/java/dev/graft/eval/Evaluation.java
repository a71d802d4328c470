package dev.graft.eval;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How good predictions are.
 *
 * @param examples how many were judged
 * @param metrics numbers by name, such as {@code accuracy}, {@code macro-f1}, {@code log-loss}
 * @param classes the names of the rows and columns of the confusion matrix; empty if there is none
 * @param confusion for each true class (row) how often each class (column) was predicted
 * @param calibration how far its probabilities can be believed
 */
public record Evaluation(
    int examples,
    Map<String, Double> metrics,
    List<String> classes,
    List<List<Integer>> confusion,
    Calibration calibration) {
  public Evaluation {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    classes = List.copyOf(classes);
    confusion = List.copyOf(confusion);
  }

  /** One of metrics only. */
  public static Evaluation of(int examples, Map<String, Double> metrics) {
    return new Evaluation(examples, metrics, List.of(), List.of(), Calibration.NONE);
  }

  /** A metric that must be there. */
  public double metric(String name) {
    Double value = metrics.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no metric '" + name + "'; there is " + metrics.keySet());
    }
    return value;
  }
}
