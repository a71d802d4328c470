package dev.graft.strategies.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.graph.edit.Heads;
import dev.graft.random.Seed;
import dev.graft.strategies.Toys;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.Cancellation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
  private static Map<String, HostTensor> fit(
      HostTensor x, int[] labels, int classes, double penalty) {
    double[] weights = new double[labels.length];
    Arrays.fill(weights, 1);
    return LogisticRegression.softmax(
        Standardised.of(x), labels, classes, weights, penalty, Cancellation.NEVER);
  }

  private static double[] logits(Map<String, HostTensor> head, HostTensor x, int row, int width) {
    double[] z = head.get(Heads.BIAS).toDoubles();
    for (int k = 0; k < z.length; k++) {
      for (int j = 0; j < width; j++) {
        z[k] += head.get(Heads.WEIGHT).getDouble(k * width + j) * x.getDouble(row * width + j);
      }
    }
    return z;
  }

  @Test
  void separatesClouds() {
    Labeled<ClassLabels> data = Toys.clouds(4, 25, 0.3, new Seed(1));
    HostTensor x = ((Toys.Rows) data.examples()).values();
    Map<String, HostTensor> head = fit(x, data.targets().labels(), 4, 1e-3);
    for (int i = 0; i < data.size(); i++) {
      double[] z = logits(head, x, i, Toys.WIDTH);
      double own = z[data.targets().label(i)];
      assertEquals(Arrays.stream(z).max().orElseThrow(), own, 0, "row " + i);
    }
  }

  @Test
  void unpenalisedBiasAloneGivesTheLogOdds() {
    // Features that never vary say nothing, so what is left is the frequency of each class.
    HostTensor x = HostTensor.full(TensorType.of(DType.FLOAT32, 40, 2), 3);
    int[] labels = new int[40];
    Arrays.fill(labels, 0, 10, 1);
    Map<String, HostTensor> head = fit(x, labels, 2, 0.1);
    double[] z = logits(head, x, 0, 2);
    assertEquals(Math.log(3), z[0] - z[1], 1e-3);
    assertArrayEquals(new double[4], head.get(Heads.WEIGHT).toDoubles(), 0);
  }

  @Test
  void scaleAndShiftOfTheFeaturesDoNotMatter() {
    Labeled<ClassLabels> data = Toys.clouds(3, 20, 1, new Seed(2));
    HostTensor x = ((Toys.Rows) data.examples()).values();
    HostTensor y = HostTensor.fromDoubles(x.type(), i -> 100 + 1000 * x.getDouble(i));
    Map<String, HostTensor> a = fit(x, data.targets().labels(), 3, 0.01);
    Map<String, HostTensor> b = fit(y, data.targets().labels(), 3, 0.01);
    for (int i = 0; i < data.size(); i++) {
      assertArrayEquals(logits(a, x, i, Toys.WIDTH), logits(b, y, i, Toys.WIDTH), 1e-2);
    }
  }

  @Test
  void strongerPenaltyMakesSmallerWeights() {
    Labeled<ClassLabels> data = Toys.clouds(3, 20, 0.5, new Seed(2));
    HostTensor x = ((Toys.Rows) data.examples()).values();
    double weak = norm(fit(x, data.targets().labels(), 3, 1e-3).get(Heads.WEIGHT));
    double strong = norm(fit(x, data.targets().labels(), 3, 1).get(Heads.WEIGHT));
    assertTrue(strong < 0.5 * weak, () -> strong + " against " + weak);
  }

  private static double norm(HostTensor t) {
    return Math.sqrt(Arrays.stream(t.toDoubles()).map(v -> v * v).sum());
  }

  @Test
  void eachLabelIsAQuestionOfItsOwn() {
    Labeled<ClassLabels> data = Toys.clouds(4, 30, 0.8, new Seed(3));
    HostTensor x = ((Toys.Rows) data.examples()).values();
    boolean[][] present = new boolean[data.size()][2];
    int[] first = new int[data.size()];
    for (int i = 0; i < data.size(); i++) {
      present[i][0] = data.targets().label(i) % 2 == 1;
      present[i][1] = data.targets().label(i) >= 2;
      first[i] = present[i][0] ? 1 : 0;
    }
    Map<String, HostTensor> both =
        LogisticRegression.sigmoid(
            Standardised.of(x), present, List.of(), 0.02, Cancellation.NEVER);
    // A softmax of two classes with weights w and -w is a sigmoid of 2 w, and pays for half of it.
    Map<String, HostTensor> one = fit(x, first, 2, 0.04);
    for (int i = 0; i < data.size(); i++) {
      double[] z = logits(one, x, i, Toys.WIDTH);
      assertEquals(z[1] - z[0], logits(both, x, i, Toys.WIDTH)[0], 1e-2);
    }
  }

  @Test
  void minimisesAnIllConditionedQuadratic() {
    LimitedMemoryBfgs.Function quadratic =
        (x, g) -> {
          double value = 0;
          for (int i = 0; i < x.length; i++) {
            double scale = Math.pow(10, i);
            value += 0.5 * scale * (x[i] - i) * (x[i] - i);
            g[i] = scale * (x[i] - i);
          }
          return value;
        };
    double[] x =
        LimitedMemoryBfgs.minimise(quadratic, new double[4], 1e-8, 500, Cancellation.NEVER);
    assertArrayEquals(new double[] {0, 1, 2, 3}, x, 1e-6);
  }
}
