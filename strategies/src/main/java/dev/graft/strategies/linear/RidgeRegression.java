package dev.graft.strategies.linear;

import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.la.DenseVector;

/**
 * Least squares with an L2 penalty, in closed form (Hoerl and Kennard 1970): on standardised
 * features and centred targets the weights solve {@code (X'X/n + penalty I) w = X'y/n}.
 */
public final class RidgeRegression {
  /** Keeps the system solvable where features depend on each other and nothing is penalised. */
  private static final double SMALLEST_PENALTY = 1e-9;

  /** Penalties that {@link #fit(Standardised, double[][])} tries. */
  private static final double[] PENALTIES = {
    1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 30, 100
  };

  /**
   * Above this many features and examples the eigenvalues would take longer than they are worth.
   */
  private static final int LARGEST_SPECTRUM = 800;

  private RidgeRegression() {}

  /**
   * Fits with the penalty that predicts each example best from all others: few examples of many
   * features need a hundred times the penalty that many of few need. With more than a few hundred
   * of both, a small one does.
   *
   * @param y {@code [examples][outputs]}
   * @return a linear head by store name
   */
  public static Map<String, HostTensor> fit(Standardised x, double[][] y) {
    boolean small = Math.min(x.width(), x.rows()) <= LARGEST_SPECTRUM;
    return fit(x, y, small ? bestPenalty(x, y) : 0.02 * x.width() / x.rows());
  }

  /** By the residuals of leaving one out, {@code r / (1 - h)} (Allen 1974). */
  private static double bestPenalty(Standardised x, double[][] y) {
    int n = x.rows();
    Spectrum spectrum = Spectrum.of(HostTensor.of(x.x(), n, x.width()), true);
    double[][] u = spectrum.left();
    double best = PENALTIES[PENALTIES.length - 1];
    double least = Double.POSITIVE_INFINITY;
    for (double penalty : PENALTIES) {
      double[] shrink = Arrays.stream(spectrum.squares()).map(s -> s / (s + n * penalty)).toArray();
      double[] leverage = new double[n];
      Arrays.fill(leverage, 1.0 / n);
      for (int k = 0; k < u.length; k++) {
        for (int i = 0; i < n; i++) {
          leverage[i] += shrink[k] * u[k][i] * u[k][i];
        }
      }
      double error = 0;
      for (int output = 0; output < y[0].length; output++) {
        double[] residual = centred(y, output);
        double[] fitted = new double[n];
        for (int k = 0; k < u.length; k++) {
          double along = 0;
          for (int i = 0; i < n; i++) {
            along += u[k][i] * residual[i];
          }
          for (int i = 0; i < n; i++) {
            fitted[i] += shrink[k] * along * u[k][i];
          }
        }
        for (int i = 0; i < n; i++) {
          error += Math.pow((residual[i] - fitted[i]) / Math.max(1e-6, 1 - leverage[i]), 2);
        }
      }
      if (error < least) {
        least = error;
        best = penalty;
      }
    }
    return best;
  }

  private static double[] centred(double[][] y, int output) {
    double mean = Arrays.stream(y).mapToDouble(row -> row[output]).average().orElse(0);
    return Arrays.stream(y).mapToDouble(row -> row[output] - mean).toArray();
  }

  /**
   * @param y {@code [examples][outputs]}
   * @param penalty the loss is half the mean squared error plus {@code penalty / 2 * |weight|^2}
   * @return a linear head by store name
   */
  public static Map<String, HostTensor> fit(Standardised x, double[][] y, double penalty) {
    int width = x.width();
    int n = x.rows();
    int outputs = y[0].length;
    double[][] gram = gram(x);
    for (int j = 0; j < width; j++) {
      gram[j][j] += Math.max(penalty, SMALLEST_PENALTY);
    }
    DenseMatrix.CholeskyFactorization factors =
        DenseMatrix.createDenseMatrix(gram)
            .choleskyFactorization()
            .orElseThrow(() -> new IllegalStateException("features that are not finite"));
    double[] w = new double[(width + 1) * outputs];
    for (int k = 0; k < outputs; k++) {
      double mean = 0;
      for (double[] row : y) {
        mean += row[k] / n;
      }
      double[] target = new double[width];
      for (int i = 0; i < n; i++) {
        double centred = (y[i][k] - mean) / n;
        for (int j = 0; j < width; j++) {
          target[j] += x.x()[i * width + j] * centred;
        }
      }
      var solved = factors.solve(DenseVector.createDenseVector(target));
      for (int j = 0; j < width; j++) {
        w[j * outputs + k] = solved.get(j);
      }
      w[width * outputs + k] = mean;
    }
    return x.head(w, outputs);
  }

  /** {@code X'X/n}. */
  static double[][] gram(Standardised x) {
    int width = x.width();
    double[][] gram = new double[width][width];
    IntStream.range(0, width)
        .parallel()
        .forEach(
            j -> {
              for (int i = 0; i < x.rows(); i++) {
                double v = x.x()[i * width + j];
                for (int l = 0; l < width; l++) {
                  gram[j][l] += v * x.x()[i * width + l];
                }
              }
              for (int l = 0; l < width; l++) {
                gram[j][l] /= x.rows();
              }
            });
    return gram;
  }
}
