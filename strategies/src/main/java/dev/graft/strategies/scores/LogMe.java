package dev.graft.strategies.scores;

import dev.graft.data.ClassLabels;
import dev.graft.strategies.linear.Spectrum;
import dev.graft.transfer.TransferScore;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The logarithm of the largest evidence of a Bayesian linear model of the labels on the features,
 * per example (You et al. 2021). For each class, weights of precision alpha and noise of precision
 * beta are chosen so that the class's indicator is most probable when the weights are integrated
 * out; the score is the mean over the classes.
 */
public final class LogMe implements TransferScore {
  private static final int MOST_ITERATIONS = 200;
  private static final double TOLERANCE = 1e-6;

  @Override
  public String name() {
    return "logme";
  }

  @Override
  public String description() {
    return "log evidence of a Bayesian linear model on the features (You et al. 2021)";
  }

  @Override
  public Optional<Score> score(Evidence evidence) {
    ClassLabels labels = evidence.labels();
    Spectrum spectrum = Spectrum.of(evidence.features(), false);
    double sum = 0;
    int present = 0;
    int[] counts = labels.counts();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] > 0) {
        int of = c;
        double[] indicator =
            IntStream.of(labels.labels()).mapToDouble(l -> l == of ? 1 : 0).toArray();
        sum += evidence(spectrum, indicator);
        present++;
      }
    }
    return Optional.of(Score.of(sum / present));
  }

  /** The largest log evidence per example, by the fixed-point iteration of algorithm 1. */
  static double evidence(Spectrum spectrum, double[] y) {
    int n = y.length;
    double[] s = spectrum.squares();
    double[] x = spectrum.projections(y);
    double outside = 0; // what no weight can explain
    for (double v : y) {
      outside += v * v;
    }
    for (double v : x) {
      outside -= v;
    }
    outside = Math.max(outside, 0);
    double alpha = 1;
    double beta = 1;
    double value = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < MOST_ITERATIONS; i++) {
      double gamma = 0;
      double weights = 0;
      double residual = outside;
      double determinant = 0; // of the directions that vary; alpha cancels in the others
      for (int k = 0; k < s.length; k++) {
        double scaled = alpha + beta * s[k];
        gamma += beta * s[k] / scaled;
        weights += beta * beta * s[k] * x[k] / (scaled * scaled); // |m|^2
        residual += alpha * alpha * x[k] / (scaled * scaled); // |Fm - y|^2
        determinant += Math.log(scaled);
      }
      double next =
          0.5
              * (s.length * Math.log(alpha)
                  + n * Math.log(beta)
                  - determinant
                  - beta * residual
                  - alpha * weights
                  - n * Math.log(2 * Math.PI)); // eq. 2
      if (Math.abs(next - value) < TOLERANCE * n) {
        return next / n;
      }
      value = next;
      alpha = s.length == 0 ? alpha : gamma / (weights + 1e-12);
      beta = (n - gamma) / (residual + 1e-12);
    }
    return value / n;
  }
}
