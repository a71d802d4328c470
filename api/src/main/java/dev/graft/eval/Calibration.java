package dev.graft.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a model's probabilities can be believed: predictions are put into bins by the probability
 * of the predicted class, and in each that is held against how often it was right (Guo et al.
 * 2017).
 *
 * @param bins ten of equal width, from 0 to 1; empty for a model without probabilities
 */
public record Calibration(List<Bin> bins) {
  /** For models that give no probabilities. */
  public static final Calibration NONE = new Calibration(List.of());

  private static final int BINS = 10;

  /**
   * Predictions of like probability.
   *
   * @param count how many there are
   * @param confidence their mean probability
   * @param accuracy the part of them that is right
   */
  public record Bin(int count, double confidence, double accuracy) {}

  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * @param confidence of each prediction
   * @param right whether it is
   */
  public static Calibration of(double[] confidence, boolean[] right) {
    int[] counts = new int[BINS];
    double[] sums = new double[BINS];
    int[] hits = new int[BINS];
    for (int i = 0; i < confidence.length; i++) {
      int bin = Math.min(BINS - 1, (int) (confidence[i] * BINS));
      counts[bin]++;
      sums[bin] += confidence[i];
      hits[bin] += right[i] ? 1 : 0;
    }
    List<Bin> bins = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      double n = Math.max(1, counts[b]);
      bins.add(new Bin(counts[b], sums[b] / n, hits[b] / n));
    }
    return new Calibration(bins);
  }

  /** The expected calibration error: the mean distance of confidence and accuracy (eq. 3). */
  public double expectedError() {
    double error = 0;
    int examples = 0;
    for (Bin bin : bins) {
      error += bin.count() * Math.abs(bin.confidence() - bin.accuracy());
      examples += bin.count();
    }
    return examples == 0 ? 0 : error / examples;
  }
}
