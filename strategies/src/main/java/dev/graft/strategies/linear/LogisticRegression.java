package dev.graft.strategies.linear;

import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Logistic regression with an L2 penalty on standardised features: the convex problem of a linear
 * head on a frozen network, solved by L-BFGS to its one solution.
 *
 * <p>Products are summed in single precision within a block of rows and in double precision over
 * the blocks; their number does not depend on the machine, so that sums are reproducible.
 */
public final class LogisticRegression {
  private static final int BLOCKS = 16;

  /** Rows whose logits are held at once, so that they stay in a core's own cache. */
  private static final int TILE = 32;

  private static final int MOST_ITERATIONS = 300;

  /** A fit ends where no element of the gradient is larger. */
  public static final double TOLERANCE = 1e-5;

  private LogisticRegression() {}

  /**
   * Multinomial: one class per example.
   *
   * @param labels the class of each example
   * @param exampleWeights the weight of each example, 1 on average
   * @param penalty the loss is the mean cross-entropy plus {@code penalty / 2 * |weight|^2}
   * @return a linear head by store name
   */
  public static Map<String, HostTensor> softmax(
      Standardised x,
      int[] labels,
      int classes,
      double[] exampleWeights,
      double penalty,
      Cancellation cancellation) {
    Link link =
        (z, row) -> {
          double loss = softmaxLoss(z, labels[row]);
          float weight = (float) exampleWeights[row];
          for (int k = 0; k < classes; k++) {
            z[k] *= weight;
          }
          return exampleWeights[row] * loss;
        };
    return minimise(x, classes, link, penalty, cancellation);
  }

  /**
   * One yes or no per label, each on its own.
   *
   * @param present for each example whether it has each label
   * @param presentWeights a factor for the loss of each label where it is present; empty for none
   * @param penalty the loss is the mean over the examples of the summed cross-entropies, plus
   *     {@code penalty / 2 * |weight|^2}
   * @return a linear head by store name
   */
  public static Map<String, HostTensor> sigmoid(
      Standardised x,
      boolean[][] present,
      List<Double> presentWeights,
      double penalty,
      Cancellation cancellation) {
    int labels = present[0].length;
    Link link =
        (z, row) -> {
          double loss = 0;
          for (int k = 0; k < labels; k++) {
            double t = present[row][k] ? 1 : 0;
            double weight =
                presentWeights.isEmpty() || !present[row][k] ? 1 : presentWeights.get(k);
            double logit = z[k];
            double exp = Math.exp(-Math.abs(logit));
            loss += weight * (Math.max(logit, 0) - t * logit + Math.log1p(exp));
            double p = logit >= 0 ? 1 / (1 + exp) : exp / (1 + exp);
            z[k] = (float) (weight * (p - t));
          }
          return loss;
        };
    return minimise(x, labels, link, penalty, cancellation);
  }

  /** Turns the logits of a row into the loss's gradient by them, and returns the loss. */
  @FunctionalInterface
  private interface Link {
    double apply(float[] z, int row);
  }

  /** Turns the logits of a row into the loss's gradient by them, and returns the loss. */
  static double softmaxLoss(float[] z, int label) {
    float max = z[0];
    for (float v : z) {
      max = Math.max(max, v);
    }
    double own = z[label] - max;
    double sum = 0;
    for (int k = 0; k < z.length; k++) {
      double e = Math.exp(z[k] - max);
      z[k] = (float) e;
      sum += e;
    }
    float scale = (float) (1 / sum);
    for (int k = 0; k < z.length; k++) {
      z[k] *= scale;
    }
    z[label] -= 1;
    return Math.log(sum) - own;
  }

  private static Map<String, HostTensor> minimise(
      Standardised x, int outputs, Link link, double penalty, Cancellation cancellation) {
    Loss loss = new Loss(x, outputs, link, penalty);
    double[] w =
        LimitedMemoryBfgs.minimise(
            loss, new double[(x.width() + 1) * outputs], TOLERANCE, MOST_ITERATIONS, cancellation);
    return x.head(w, outputs);
  }

  /**
   * The penalised loss over {@code w[width + 1][outputs]}, whose last row is the bias. The outputs
   * lie next to each other, so that the inner loops run over contiguous memory.
   */
  private record Loss(Standardised x, int outputs, Link link, double penalty)
      implements LimitedMemoryBfgs.Function {

    @Override
    public double evaluate(double[] w, double[] gradient) {
      int n = x.rows();
      float[][] weights = new float[x.width() + 1][outputs];
      for (int i = 0; i < w.length; i++) {
        weights[i / outputs][i % outputs] = (float) w[i];
      }
      Part[] parts =
          IntStream.range(0, BLOCKS)
              .parallel()
              .mapToObj(
                  b ->
                      part(
                          weights,
                          (int) ((long) n * b / BLOCKS),
                          (int) ((long) n * (b + 1) / BLOCKS)))
              .toArray(Part[]::new);
      Arrays.fill(gradient, 0);
      double loss = 0;
      for (Part part : parts) {
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] += part.gradient[i / outputs][i % outputs] / (double) n;
        }
        loss += part.loss / n;
      }
      for (int i = 0; i < x.width() * outputs; i++) {
        loss += 0.5 * penalty * w[i] * w[i];
        gradient[i] += penalty * w[i];
      }
      return loss;
    }

    /** The summed loss of some rows and its gradient. */
    private Part part(float[][] w, int from, int to) {
      int width = x.width();
      float[][] gradient = new float[width + 1][outputs];
      float[][] z = new float[TILE][outputs];
      double loss = 0;
      for (int start = from; start < to; start += TILE) {
        int rows = Math.min(TILE, to - start);
        for (int r = 0; r < rows; r++) {
          System.arraycopy(w[width], 0, z[r], 0, outputs);
        }
        Products.addProduct(x.x(), start * width, width, rows, w, z);
        for (int r = 0; r < rows; r++) {
          loss += link.apply(z[r], start + r);
          for (int k = 0; k < outputs; k++) {
            gradient[width][k] += z[r][k];
          }
        }
        Products.addTransposedProduct(x.x(), start * width, width, rows, z, gradient);
      }
      return new Part(loss, gradient);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // handed on once
  private record Part(double loss, float[][] gradient) {}
}
