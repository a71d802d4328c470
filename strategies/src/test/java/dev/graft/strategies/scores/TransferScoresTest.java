package dev.graft.strategies.scores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.TransferScore;
import dev.graft.transfer.TransferScore.Evidence;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.la.DenseVector;

class TransferScoresTest {
  private static final Seed SEED = new Seed(5);

  private static ClassLabels labels(int... labels) {
    int classes = IntStream.of(labels).max().orElseThrow() + 1;
    return new ClassLabels(IntStream.range(0, classes).mapToObj(c -> "class" + c).toList(), labels);
  }

  /** Features that say more of the class the larger the signal is. */
  private static Evidence evidence(int n, int width, double signal) {
    int[] labels = IntStream.range(0, n).map(i -> i % 3).toArray();
    HostTensor x =
        HostTensor.fromDoubles(
            TensorType.of(DType.FLOAT32, n, width),
            i -> SEED.derive("noise").gaussian(i) + (i % width == labels[i / width] ? signal : 0));
    return new Evidence(x, Optional.empty(), labels(labels), SEED);
  }

  /**
   * The evidence of the definition, {@code log N(y; 0, I/beta + FF'/alpha)}, with its best alpha
   * and beta by search.
   */
  private static double searched(Evidence e, double[] y) {
    double best = Double.NEGATIVE_INFINITY;
    double logAlpha = 0;
    double logBeta = 0;
    for (double step = 2; step > 1e-4; step /= 2) {
      boolean moved = true;
      while (moved) {
        moved = false;
        for (double[] d : new double[][] {{step, 0}, {-step, 0}, {0, step}, {0, -step}}) {
          double value = logDensity(e, y, Math.exp(logAlpha + d[0]), Math.exp(logBeta + d[1]));
          if (value > best + 1e-12) {
            best = value;
            logAlpha += d[0];
            logBeta += d[1];
            moved = true;
          }
        }
      }
    }
    return best / y.length;
  }

  private static double logDensity(Evidence e, double[] y, double alpha, double beta) {
    int n = y.length;
    int width = e.features().size() / n;
    double[][] covariance = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k <= i; k++) {
        double product = 0;
        for (int j = 0; j < width; j++) {
          product += e.features().getDouble(i * width + j) * e.features().getDouble(k * width + j);
        }
        covariance[i][k] = product / alpha + (i == k ? 1 / beta : 0);
        covariance[k][i] = covariance[i][k];
      }
    }
    var factors = DenseMatrix.createDenseMatrix(covariance).choleskyFactorization().orElseThrow();
    double distance =
        factors.solve(DenseVector.createDenseVector(y)).dot(DenseVector.createDenseVector(y));
    return -0.5 * (n * Math.log(2 * Math.PI) + Math.log(factors.determinant()) + distance);
  }

  @Test
  void logMeIsTheLargestEvidenceOfTheDefinition() {
    for (int width : new int[] {3, 8, 40}) { // less and more features than examples
      Evidence e = evidence(24, width, 1.5);
      double sum = 0;
      for (int c = 0; c < 3; c++) {
        int of = c;
        double[] y = IntStream.of(e.labels().labels()).mapToDouble(l -> l == of ? 1 : 0).toArray();
        sum += searched(e, y) / 3;
      }
      assertEquals(sum, new LogMe().score(e).orElseThrow().value(), 1e-3, "width " + width);
    }
  }

  @Test
  void hScoreIsTheTraceOfTheDefinition() {
    Evidence e = evidence(30, 2, 1);
    // For two features the inverse of the covariance can be written down.
    double[] mean = new double[2];
    double[][] classMean = new double[3][2];
    for (int i = 0; i < 30; i++) {
      for (int j = 0; j < 2; j++) {
        mean[j] += e.features().getDouble(2 * i + j) / 30;
        classMean[i % 3][j] += e.features().getDouble(2 * i + j) / 10;
      }
    }
    double[] cov = new double[3]; // xx, xy, yy
    double[] between = new double[3];
    for (int i = 0; i < 30; i++) {
      double x = e.features().getDouble(2 * i) - mean[0];
      double y = e.features().getDouble(2 * i + 1) - mean[1];
      add(cov, x, y);
      add(between, classMean[i % 3][0] - mean[0], classMean[i % 3][1] - mean[1]);
    }
    double determinant = cov[0] * cov[2] - cov[1] * cov[1];
    double trace =
        (cov[2] * between[0] - 2 * cov[1] * between[1] + cov[0] * between[2]) / determinant;
    assertEquals(trace, new HScore().score(e).orElseThrow().value(), 1e-6);
  }

  private static void add(double[] products, double x, double y) {
    products[0] += x * x;
    products[1] += x * y;
    products[2] += y * y;
  }

  private static Evidence source(float[] probabilities, int... labels) {
    int n = labels.length;
    return new Evidence(
        HostTensor.of(new float[n], n, 1),
        Optional.of(HostTensor.of(probabilities, n, probabilities.length / n)),
        labels(labels),
        SEED);
  }

  @Test
  void leepAndNceFollowTheirFormulas() {
    Evidence e =
        source(new float[] {0.75f, 0.25f, 0.75f, 0.25f, 0.25f, 0.75f, 0.75f, 0.25f}, 0, 0, 1, 1);
    // P(z=0) = 2.5/4; P(y=0, z=0) = 1.5/4, P(y=1, z=0) = 1/4; P(y=0, z=1) = 0.5/4.
    double y0z0 = 1.5 / 2.5;
    double y0z1 = 0.5 / 1.5;
    double first = Math.log(0.75 * y0z0 + 0.25 * y0z1);
    double third = Math.log(0.25 * (1 - y0z0) + 0.75 * (1 - y0z1));
    double fourth = Math.log(0.75 * (1 - y0z0) + 0.25 * (1 - y0z1));
    assertEquals((2 * first + third + fourth) / 4, new Leep().score(e).orElseThrow().value(), 1e-6);
    // Most probable: 0 for three examples with labels 0, 0, 1, and 1 for one.
    double entropy = (2 * Math.log(2 / 3.0) + Math.log(1 / 3.0)) / 4;
    assertEquals(entropy, new Nce().score(e).orElseThrow().value(), 1e-9);
  }

  @Test
  void aNetworkWithoutClassesHasNoLeepAndNoNce() {
    Evidence e = evidence(9, 2, 1);
    assertTrue(new Leep().score(e).isEmpty());
    assertTrue(new Nce().score(e).isEmpty());
  }

  @Test
  void everyScoreOfFeaturesPrefersThoseThatTellTheClasses() {
    for (TransferScore score : List.of(new LogMe(), new HScore(), new LinearProbe())) {
      double weak = score.score(evidence(90, 6, 0.2)).orElseThrow().value();
      double strong = score.score(evidence(90, 6, 3)).orElseThrow().value();
      assertTrue(strong > weak, () -> score.name() + ": " + strong + " and " + weak);
    }
  }
}
