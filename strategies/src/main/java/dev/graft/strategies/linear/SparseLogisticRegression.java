package dev.graft.strategies.linear;

import dev.graft.data.TfIdfPreprocessing.Terms;
import dev.graft.graph.edit.Heads;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Multinomial logistic regression on rows that are zero nearly everywhere, with an L2 penalty on
 * the weights: the summed cross-entropy plus {@code |weight|^2 / 2}.
 */
public final class SparseLogisticRegression {
  /** Rows are summed in this many blocks, whatever the machine, so that sums are reproducible. */
  private static final int BLOCKS = 4;

  private static final int MOST_ITERATIONS = 200;
  private static final double TOLERANCE = 1e-5;

  private SparseLogisticRegression() {}

  /**
   * @param width the number of columns
   * @param labels the class of each row
   * @return a linear head by store name
   */
  public static Map<String, HostTensor> fit(
      List<Terms> rows, int width, int[] labels, int classes, Cancellation cancellation) {
    double[] w =
        LimitedMemoryBfgs.minimise(
            new Loss(rows, labels, width, classes),
            new double[(width + 1) * classes],
            TOLERANCE,
            MOST_ITERATIONS,
            cancellation);
    float[] weight = new float[classes * width];
    float[] bias = new float[classes];
    for (int k = 0; k < classes; k++) {
      for (int j = 0; j < width; j++) {
        weight[k * width + j] = (float) w[j * classes + k];
      }
      bias[k] = (float) w[width * classes + k];
    }
    return Map.of(
        Heads.WEIGHT, HostTensor.of(weight, classes, width),
        Heads.BIAS, HostTensor.of(bias, classes));
  }

  /** The penalised mean loss over {@code w[width + 1][classes]}, whose last row is the bias. */
  @SuppressWarnings("ArrayRecordComponent") // a view for one fit
  private record Loss(List<Terms> rows, int[] labels, int width, int classes)
      implements LimitedMemoryBfgs.Function {

    @Override
    public double evaluate(double[] w, double[] gradient) {
      int n = labels.length;
      double[][] parts =
          IntStream.range(0, BLOCKS)
              .parallel()
              .mapToObj(
                  b -> part(w, (int) ((long) n * b / BLOCKS), (int) ((long) n * (b + 1) / BLOCKS)))
              .toArray(double[][]::new);
      Arrays.fill(gradient, 0);
      double loss = 0;
      for (double[] part : parts) {
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] += part[i] / n;
        }
        loss += part[gradient.length] / n;
      }
      for (int i = 0; i < width * classes; i++) {
        loss += 0.5 * w[i] * w[i] / n;
        gradient[i] += w[i] / n;
      }
      return loss;
    }

    /** The summed gradient of some rows, and their summed loss as one more element. */
    private double[] part(double[] w, int from, int to) {
      double[] result = new double[w.length + 1];
      float[] z = new float[classes];
      int bias = width * classes;
      for (int i = from; i < to; i++) {
        Terms row = rows.get(i);
        for (int k = 0; k < classes; k++) {
          z[k] = (float) w[bias + k];
        }
        for (int t = 0; t < row.columns().length; t++) {
          int at = row.columns()[t] * classes;
          for (int k = 0; k < classes; k++) {
            z[k] += row.weights()[t] * (float) w[at + k];
          }
        }
        result[w.length] += LogisticRegression.softmaxLoss(z, labels[i]);
        for (int k = 0; k < classes; k++) {
          result[bias + k] += z[k];
        }
        for (int t = 0; t < row.columns().length; t++) {
          int at = row.columns()[t] * classes;
          for (int k = 0; k < classes; k++) {
            result[at + k] += row.weights()[t] * z[k];
          }
        }
      }
      return result;
    }
  }
}
