package dev.graft.strategies.evaluation;

import dev.graft.data.DataException;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;

/** Scores as rows, after a look at their shape. */
final class ScoreRows {
  private ScoreRows() {}

  /**
   * @param width the number of scores of each example
   * @throws DataException if there is no example, or the scores are of another number
   */
  static double[][] of(HostTensor scores, int examples, int width) {
    if (examples == 0) {
      throw new DataException("there is no example to evaluate");
    }
    if (scores.size() != examples * width) {
      throw new DataException(
          "expected scores for "
              + examples
              + " examples, "
              + width
              + " each, but got "
              + scores.type());
    }
    double[][] rows = new double[examples][width];
    for (int i = 0; i < examples * width; i++) {
      rows[i / width][i % width] = scores.getDouble(i);
    }
    return rows;
  }

  /** {@code log(sum(exp(z)))}, by which log-probabilities are exact also where they underflow. */
  static double logSumExp(double[] z) {
    double max = z[largest(z)];
    return max + Math.log(Arrays.stream(z).map(v -> Math.exp(v - max)).sum());
  }

  static int largest(double[] row) {
    int best = 0;
    for (int k = 1; k < row.length; k++) {
      best = row[k] > row[best] ? k : best;
    }
    return best;
  }
}
