package dev.graft.benchmarks.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  /** Additional hours of sleep by two drugs, the example of Student's paper of 1908. */
  private static final double[] SLEEP = {1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};

  @Test
  void intervalIsStudents() {
    Estimate e = Estimate.of(SLEEP);
    assertEquals(1.58, e.mean(), 1e-12);
    assertEquals(1.2299955, e.deviation(), 1e-7);
    assertEquals(0.7001142, e.low(), 1e-6);
    assertEquals(2.4598858, e.high(), 1e-6);
  }

  @Test
  void oneValueHasNoInterval() {
    assertEquals(new Estimate(1, 0.5, 0, 0.5, 0.5), Estimate.of(0.5));
    assertThrows(IllegalArgumentException.class, Estimate::of);
  }

  @Test
  void pairedTestGivesThePublishedProbability() {
    assertEquals(0.00283289, PairedTest.pValue(SLEEP, 0), 1e-8);
  }

  @Test
  void signFlipCountsSwappedArms() {
    // Every difference points the same way (one is zero), so only all-plus and all-minus are as
    // far.
    assertEquals(4 / 1024.0, PairedTest.signFlip(SLEEP), 1e-12);
    assertEquals(1, PairedTest.signFlip(new double[] {1, -1}), 1e-12);
  }

  @Test
  void equalDifferencesAreNotCertainty() {
    double[] same = {0.01, 0.01, 0.01};
    assertEquals(0, PairedTest.pValue(same, 0), 1e-12);
    assertTrue(PairedTest.pValue(same, 0.01) > 0.03);
    assertEquals(1, PairedTest.pValue(new double[] {0, 0, 0}, 0.01), 1e-12);
  }

  @Test
  void holmStepsDownAndStaysMonotone() {
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06, 0.02}, Holm.adjust(0.01, 0.04, 0.03, 0.005), 1e-12);
    assertArrayEquals(new double[] {1, 1}, Holm.adjust(0.6, 0.9), 1e-12);
  }

  @Test
  void sizeOfTheEffectIsInPoints() {
    assertEquals(EffectSize.NEGLIGIBLE, EffectSize.of(-0.004));
    assertEquals(EffectSize.SMALL, EffectSize.of(0.019));
    assertEquals(EffectSize.MEDIUM, EffectSize.of(-0.03));
    assertEquals(EffectSize.LARGE, EffectSize.of(0.05));
  }

  @Test
  void gainsOfACurveAreRead() {
    Map<Integer, Map<Long, Double>> scratch =
        Map.of(1, Map.of(0L, 0.4), 2, Map.of(0L, 0.6), 4, Map.of(0L, 0.8));
    Map<Integer, Map<Long, Double>> transfer =
        Map.of(1, Map.of(0L, 0.7), 2, Map.of(0L, 0.8), 4, Map.of(0L, 0.9));
    TransferGains g = TransferGains.of(transfer, scratch);
    assertEquals(0.3, g.jumpstart().mean(), 1e-12);
    assertEquals(0.1, g.asymptote().mean(), 1e-12);
    assertEquals(-0.1, g.slope().mean(), 1e-12);
    assertEquals(1.6 / 1.2 - 1, g.areaRatio().mean(), 1e-12);
    assertEquals(2, g.labelsToTarget().orElseThrow(), 1e-9);
    assertTrue(TransferGains.of(scratch, transfer).labelsToTarget().isEmpty());
  }
}
