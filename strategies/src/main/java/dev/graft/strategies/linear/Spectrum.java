package dev.graft.strategies.linear;

import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tribuo.math.la.DenseMatrix;

/**
 * The singular values of a matrix of features, squared, and its left singular vectors, by the
 * eigenvalues of the smaller of its two Gram matrices.
 */
public final class Spectrum {
  /** Directions with less than this part of the largest eigenvalue are rounding. */
  private static final double SMALLEST = 1e-10;

  private final double[] squares;
  private final double[][] left;

  private Spectrum(double[] squares, double[][] left) {
    this.squares = squares;
    this.left = left;
  }

  /**
   * @param features {@code [examples, width]}
   * @param centred whether the mean of each feature is taken off first
   */
  public static Spectrum of(HostTensor features, boolean centred) {
    int n = (int) features.shape().sizes()[0];
    int width = features.size() / n;
    double[][] rows = new double[n][width];
    for (int i = 0; i < n * width; i++) {
      rows[i / width][i % width] = features.getDouble(i);
    }
    if (centred) {
      centre(rows);
    }
    boolean wide = width >= n;
    double[][] gram = wide ? gram(rows) : gram(transposed(rows));
    DenseMatrix.EigenDecomposition eigen =
        DenseMatrix.createDenseMatrix(gram)
            .eigenDecomposition()
            .orElseThrow(
                () -> new IllegalStateException("no eigenvalues: a feature is not finite"));
    List<double[]> vectors = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    double largest = 0;
    for (int k = 0; k < gram.length; k++) {
      largest = Math.max(largest, eigen.eigenvalues().get(k));
    }
    for (int k = 0; k < gram.length; k++) {
      double value = eigen.eigenvalues().get(k);
      if (value > SMALLEST * largest) {
        double[] v = eigen.getEigenVector(k).toArray();
        values.add(value);
        vectors.add(wide ? v : times(rows, v, 1 / Math.sqrt(value)));
      }
    }
    return new Spectrum(
        values.stream().mapToDouble(d -> d).toArray(), vectors.toArray(double[][]::new));
  }

  /** The squared singular values that are not 0. */
  public double[] squares() {
    return squares;
  }

  /** The left singular vectors, one for each of {@link #squares}. */
  double[][] left() {
    return left;
  }

  /** The squared lengths of a vector's projections on the left singular vectors. */
  public double[] projections(double[] y) {
    return IntStream.range(0, left.length).mapToDouble(k -> Math.pow(dot(left[k], y), 2)).toArray();
  }

  private static void centre(double[][] rows) {
    for (int j = 0; j < rows[0].length; j++) {
      double mean = 0;
      for (double[] row : rows) {
        mean += row[j] / rows.length;
      }
      for (double[] row : rows) {
        row[j] -= mean;
      }
    }
  }

  private static double[][] transposed(double[][] rows) {
    double[][] columns = new double[rows[0].length][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < columns.length; j++) {
        columns[j][i] = rows[i][j];
      }
    }
    return columns;
  }

  /** The products of all pairs of rows. */
  private static double[][] gram(double[][] rows) {
    double[][] gram = new double[rows.length][rows.length];
    IntStream.range(0, rows.length)
        .parallel()
        .forEach(
            i -> {
              for (int k = 0; k < rows.length; k++) {
                gram[i][k] = i <= k ? dot(rows[i], rows[k]) : dot(rows[k], rows[i]);
              }
            });
    return gram;
  }

  private static double[] times(double[][] rows, double[] v, double factor) {
    double[] product = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      product[i] = factor * dot(rows[i], v);
    }
    return product;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
