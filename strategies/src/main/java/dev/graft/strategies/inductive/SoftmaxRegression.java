package dev.graft.strategies.inductive;

import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Multinomial logistic regression with an L2 penalty on standardised features: the convex problem
 * of a linear head on a frozen network, solved by L-BFGS to its one solution.
 *
 * @param weight {@code [classes, width]} for features as they come; the standardisation is folded
 *     in
 * @param bias {@code [classes]}
 */
record SoftmaxRegression(HostTensor weight, HostTensor bias) {
  /** Rows are summed in this many blocks, whatever the machine, so that sums are reproducible. */
  private static final int BLOCKS = 16;

  private static final int MOST_ITERATIONS = 300;
  private static final double TOLERANCE = 1e-5;

  /**
   * Fits.
   *
   * @param features {@code [examples, width]}
   * @param labels the class of each example
   * @param classes the number of classes
   * @param exampleWeights the weight of each example, 1 on average
   * @param penalty the loss is the mean cross-entropy plus {@code penalty / 2 * |weight|^2}
   */
  static SoftmaxRegression fit(
      HostTensor features,
      int[] labels,
      int classes,
      double[] exampleWeights,
      double penalty,
      Cancellation cancellation) {
    int n = labels.length;
    int width = features.size() / n;
    float[] x = features.toFloats();
    double[] mean = new double[width];
    double[] deviation = new double[width];
    standardise(x, n, width, mean, deviation);
    Loss loss = new Loss(x, labels, exampleWeights, n, width, classes, penalty);
    double[] w =
        LimitedMemoryBfgs.minimise(
            loss, new double[(width + 1) * classes], TOLERANCE, MOST_ITERATIONS, cancellation);
    float[] weight = new float[classes * width];
    float[] bias = new float[classes];
    for (int k = 0; k < classes; k++) {
      double b = w[width * classes + k];
      for (int j = 0; j < width; j++) {
        double folded = w[j * classes + k] / deviation[j];
        weight[k * width + j] = (float) folded;
        b -= folded * mean[j];
      }
      bias[k] = (float) b;
    }
    return new SoftmaxRegression(
        HostTensor.of(weight, classes, width), HostTensor.of(bias, classes));
  }

  private static void standardise(float[] x, int n, int width, double[] mean, double[] deviation) {
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
    for (int j = 0; j < width; j++) {
      // A feature that never varies says nothing; dividing by its noise would make it loud.
      double s = Math.sqrt(squares[j]);
      deviation[j] = s > 1e-6 * (1 + Math.abs(mean[j])) ? s : Double.POSITIVE_INFINITY;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < width; j++) {
        x[i * width + j] = (float) ((x[i * width + j] - mean[j]) / deviation[j]);
      }
    }
  }

  /**
   * The penalised loss over {@code w[width + 1][classes]}, whose last row is the bias. The classes
   * lie next to each other, so that the inner loops run over contiguous memory.
   */
  @SuppressWarnings("ArrayRecordComponent") // a view for one fit
  private record Loss(
      float[] x, int[] labels, double[] weights, int n, int width, int classes, double penalty)
      implements LimitedMemoryBfgs.Function {

    @Override
    public double evaluate(double[] w, double[] gradient) {
      double[][] parts =
          IntStream.range(0, BLOCKS)
              .parallel()
              .mapToObj(
                  b -> block(w, (int) ((long) n * b / BLOCKS), (int) ((long) n * (b + 1) / BLOCKS)))
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
        loss += 0.5 * penalty * w[i] * w[i];
        gradient[i] += penalty * w[i];
      }
      return loss;
    }

    /** The summed gradient of some rows, and their summed loss as one more element. */
    private double[] block(double[] w, int from, int to) {
      double[] result = new double[w.length + 1];
      double[] z = new double[classes];
      for (int i = from; i < to; i++) {
        System.arraycopy(w, width * classes, z, 0, classes);
        for (int j = 0; j < width; j++) {
          double v = x[i * width + j];
          int row = j * classes;
          for (int k = 0; k < classes; k++) {
            z[k] += v * w[row + k];
          }
        }
        result[w.length] += weights[i] * softmaxLoss(z, labels[i]);
        for (int k = 0; k < classes; k++) {
          z[k] *= weights[i];
          result[width * classes + k] += z[k];
        }
        for (int j = 0; j < width; j++) {
          double v = x[i * width + j];
          int row = j * classes;
          for (int k = 0; k < classes; k++) {
            result[row + k] += v * z[k];
          }
        }
      }
      return result;
    }

    /** Turns logits into the loss's gradient by them, and returns the loss. */
    private static double softmaxLoss(double[] z, int label) {
      double max = Arrays.stream(z).max().orElse(0);
      double own = z[label] - max;
      double sum = 0;
      for (int k = 0; k < z.length; k++) {
        z[k] = Math.exp(z[k] - max);
        sum += z[k];
      }
      for (int k = 0; k < z.length; k++) {
        z[k] /= sum;
      }
      z[label] -= 1;
      return Math.log(sum) - own;
    }
  }
}
