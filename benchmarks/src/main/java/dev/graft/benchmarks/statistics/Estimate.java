package dev.graft.benchmarks.statistics;

import java.util.Arrays;
import org.hipparchus.distribution.continuous.TDistribution;

/**
 * The mean of several seeds and how sure it is.
 *
 * @param n the number of values
 * @param mean their mean
 * @param deviation their standard deviation, with n - 1 in the denominator; 0 for a single value
 * @param low lower end of the 95 % confidence interval of the mean (Student's t)
 * @param high upper end; equal to {@code low} for a single value, which has no interval
 */
public record Estimate(int n, double mean, double deviation, double low, double high) {
  /** The confidence that the interval has. */
  public static final double LEVEL = 0.95;

  /** The estimate from one value per seed; at least one. */
  public static Estimate of(double... values) {
    int n = values.length;
    if (n == 0) {
      throw new IllegalArgumentException("an estimate needs at least one value");
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    if (n == 1) {
      return new Estimate(1, mean, 0, mean, mean);
    }
    double deviation = deviation(values, mean);
    double t = new TDistribution(n - 1.0).inverseCumulativeProbability((1 + LEVEL) / 2);
    double half = t * deviation / Math.sqrt(n);
    return new Estimate(n, mean, deviation, mean - half, mean + half);
  }

  private static double deviation(double[] values, double mean) {
    double sum = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(sum / (values.length - 1));
  }

  /** Half the width of the confidence interval. */
  public double margin() {
    return (high - low) / 2;
  }
}
