package dev.graft.strategies.linear;

import dev.graft.graph.edit.Heads;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.Map;

/**
 * Features with mean 0 and deviation 1, in which a penalty treats all alike.
 *
 * @param x {@code [rows][width]}, flat
 * @param rows the number of examples
 * @param width the number of features
 * @param mean of each feature
 * @param deviation of each feature; infinite for one that does not vary, which is then 0
 */
@SuppressWarnings("ArrayRecordComponent") // a view for one fit
public record Standardised(float[] x, int rows, int width, double[] mean, double[] deviation) {
  /**
   * Every feature with deviation 1.
   *
   * @param features {@code [examples, width]}
   */
  public static Standardised of(HostTensor features) {
    return of(features, false);
  }

  /**
   * All features divided by one number, so that their mean square is 1. One that is rarely active
   * stays small: with a deviation of 1 its few values would weigh too much where it is active.
   *
   * @param features {@code [examples, width]}
   */
  public static Standardised jointly(HostTensor features) {
    return of(features, true);
  }

  private static Standardised of(HostTensor features, boolean jointly) {
    int n = (int) features.shape().sizes()[0];
    int width = features.size() / n;
    float[] x = features.toFloats();
    double[] mean = new double[width];
    double[] squares = new double[width];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < width; j++) {
        mean[j] += x[i * width + j] / (double) n;
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < width; j++) {
        double d = x[i * width + j] - mean[j];
        squares[j] += d * d / n;
      }
    }
    double[] deviation = new double[width];
    double common = Math.sqrt(Arrays.stream(squares).average().orElse(1));
    for (int j = 0; j < width; j++) {
      // A feature that never varies says nothing; dividing by its noise would make it loud.
      double s = Math.sqrt(squares[j]);
      boolean varies = s > 1e-6 * (1 + Math.abs(mean[j]));
      deviation[j] = varies ? (jointly ? common : s) : Double.POSITIVE_INFINITY;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < width; j++) {
        x[i * width + j] = (float) ((x[i * width + j] - mean[j]) / deviation[j]);
      }
    }
    return new Standardised(x, n, width, mean, deviation);
  }

  /** The factor of {@code |weight|^2 / 2} where the loss is a mean over the examples. */
  public double penalty(double headPenalty) {
    return headPenalty * width / rows;
  }

  /**
   * A linear head for features as they come: the standardisation is folded in.
   *
   * @param w {@code [width + 1][outputs]}, flat, for standardised features; the last row is the
   *     bias
   */
  public Map<String, HostTensor> head(double[] w, int outputs) {
    float[] weight = new float[outputs * width];
    double[] bias = Arrays.copyOfRange(w, width * outputs, (width + 1) * outputs);
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < width; j++) {
        double folded = w[j * outputs + k] / deviation[j];
        weight[k * width + j] = (float) folded;
        bias[k] -= folded * mean[j];
      }
    }
    return Map.of(
        Heads.WEIGHT,
        HostTensor.of(weight, outputs, width),
        Heads.BIAS,
        HostTensor.of(bias, outputs).cast(DType.FLOAT32));
  }
}
