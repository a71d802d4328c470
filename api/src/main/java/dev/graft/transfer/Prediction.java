package dev.graft.transfer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model says of one example.
 *
 * @param label the most probable class
 * @param probabilities the probability of every class, in the model's order
 */
public record Prediction(String label, Map<String, Double> probabilities) {
  public Prediction {
    probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
  }

  /** The probability of the label. */
  public double probability() {
    return probabilities.get(label);
  }

  /** The prediction for logits: their softmax. */
  static Prediction of(List<String> classes, double[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    int best = 0;
    for (int k = 0; k < logits.length; k++) {
      if (logits[k] > max) {
        max = logits[k];
        best = k;
      }
    }
    double sum = 0;
    for (double z : logits) {
      sum += Math.exp(z - max);
    }
    Map<String, Double> probabilities = new LinkedHashMap<>();
    for (int k = 0; k < logits.length; k++) {
      probabilities.put(classes.get(k), Math.exp(logits[k] - max) / sum);
    }
    return new Prediction(classes.get(best), probabilities);
  }
}
