package dev.graft.strategies.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.edit.Heads;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RidgeRegressionTest {
  private static final Seed SEED = new Seed(51);

  private static HostTensor rows(int n, int width) {
    return HostTensor.fromDoubles(
        TensorType.of(DType.FLOAT32, n, width), i -> 5 + 3 * SEED.gaussian(i));
  }

  private static double predicted(Map<String, HostTensor> head, HostTensor x, int row, int width) {
    double z = head.get(Heads.BIAS).getDouble(0);
    for (int j = 0; j < width; j++) {
      z += head.get(Heads.WEIGHT).getDouble(j) * x.getDouble(row * width + j);
    }
    return z;
  }

  @Test
  void aLinearLawIsFoundExactly() {
    HostTensor x = rows(40, 2);
    double[][] y = new double[40][1];
    for (int i = 0; i < 40; i++) {
      y[i][0] = 7 + 2 * x.getDouble(2 * i) - x.getDouble(2 * i + 1);
    }
    Map<String, HostTensor> head = RidgeRegression.fit(Standardised.of(x), y, 0);
    assertEquals(2, head.get(Heads.WEIGHT).getDouble(0), 1e-4);
    assertEquals(-1, head.get(Heads.WEIGHT).getDouble(1), 1e-4);
    assertEquals(7, head.get(Heads.BIAS).getDouble(0), 1e-3);
  }

  @Test
  void noiseOnManyFeaturesIsAnsweredByTheMean() {
    HostTensor x = rows(60, 40);
    double[][] y = new double[30][1];
    for (int i = 0; i < 30; i++) {
      y[i][0] = SEED.derive("noise").gaussian(i);
    }
    HostTensor seen =
        HostTensor.fromDoubles(TensorType.of(DType.FLOAT32, 30, 40), i -> x.getDouble(i));
    Map<String, HostTensor> chosen = RidgeRegression.fit(Standardised.of(seen), y);
    Map<String, HostTensor> loose = RidgeRegression.fit(Standardised.of(seen), y, 1e-4);
    double small = 0;
    double large = 0;
    for (int i = 30; i < 60; i++) {
      small += Math.pow(predicted(chosen, x, i, 40), 2) / 30;
      large += Math.pow(predicted(loose, x, i, 40), 2) / 30;
    }
    double found = small;
    assertTrue(small < 0.3, () -> "mean square " + found);
    assertTrue(large > 3 * small, "the penalty made no difference");
  }
}
