package dev.graft.transfer;

import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads rows of scores. */
final class Scores {
  private Scores() {}

  /** The scores of one example, flat. */
  static double[] row(HostTensor scores, int row) {
    int width = scores.size() / (int) scores.shape().sizes()[0];
    double[] values = new double[width];
    Arrays.setAll(values, k -> scores.getDouble(row * width + k));
    return values;
  }

  static double[] softmax(double[] logits) {
    double max = Arrays.stream(logits).max().orElse(0);
    double[] p = Arrays.stream(logits).map(z -> Math.exp(z - max)).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(v -> v / sum).toArray();
  }

  static int largest(double[] values) {
    int best = 0;
    for (int k = 1; k < values.length; k++) {
      best = values[k] > values[best] ? k : best;
    }
    return best;
  }

  static Map<String, Double> named(List<String> names, double[] values) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int k = 0; k < values.length; k++) {
      named.put(names.get(k), values[k]);
    }
    return named;
  }
}
