package dev.graft.strategies.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MixupTest {
  @Test
  void inputsAndTargetsAreMixedAlike() {
    Mixup mixup = new Mixup(0.75, new int[] {1, 0});
    Map<String, HostTensor> mixed =
        mixup.apply(
            Map.of(
                "x",
                HostTensor.of(new float[] {0, 4, 8, 0}, 2, 2),
                "target",
                HostTensor.of(new float[] {1, 0, 0, 1}, 2, 2)));
    assertArrayEquals(new double[] {2, 3, 6, 1}, mixed.get("x").toDoubles());
    assertArrayEquals(new double[] {0.75, 0.25, 0.25, 0.75}, mixed.get("target").toDoubles());
  }

  @Test
  void wordsCannotBeMixed() {
    Mixup mixup = new Mixup(0.5, new int[] {0});
    DataException e =
        assertThrows(
            DataException.class,
            () -> mixup.apply(Map.of("ids", HostTensor.of(new long[] {7}, 1))));
    assertTrue(e.getMessage().contains("'ids'"), e.getMessage());
  }

  @Test
  void partsFollowTheBetaDistribution() {
    double alpha = 0.4;
    Seed seed = new Seed(3);
    double[] parts =
        IntStream.range(0, 20_000)
            .mapToDouble(i -> Mixup.draw(alpha, 1, seed.derive("draw", i)).part())
            .toArray();
    double mean = DoubleStream.of(parts).average().orElseThrow();
    double variance = DoubleStream.of(parts).map(p -> (p - 0.5) * (p - 0.5)).average().orElse(0);
    assertEquals(0.5, mean, 0.01);
    // Beta(a, a) has the variance 1 / (4 (2a + 1)).
    assertEquals(1 / (4 * (2 * alpha + 1)), variance, 0.005);
  }
}
