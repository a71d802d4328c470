package dev.graft.strategies.linear;

import dev.graft.tensor.HostTensor;
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

  private RidgeRegression() {}

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
