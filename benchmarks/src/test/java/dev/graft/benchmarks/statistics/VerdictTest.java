package dev.graft.benchmarks.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The verdict follows from the data alone: relabelled results turn it round. */
class VerdictTest {
  static Map<Long, Double> arm(String name, double mean, double spread, int seeds) {
    Seed noise = new Seed(7).derive(name);
    Map<Long, Double> values = new TreeMap<>();
    for (long s = 0; s < seeds; s++) {
      values.put(s, mean + spread * noise.gaussian(s));
    }
    return values;
  }

  static Comparison<String> only(Map<Long, Double> arm, Map<Long, Double> baseline) {
    return Comparison.all(List.of(new Comparison.Pairs<>("row", arm, baseline, 0)), true).get(0);
  }

  @Test
  void swappingTheArmsTurnsTheVerdictRound() {
    Map<Long, Double> good = arm("a", 0.90, 0.01, 10);
    Map<Long, Double> bad = arm("b", 0.84, 0.01, 10);
    Comparison<String> forward = only(good, bad);
    Comparison<String> back = only(bad, good);
    assertEquals(Verdict.HELPS, forward.verdict());
    assertEquals(Verdict.HURTS, back.verdict());
    assertEquals(EffectSize.LARGE, forward.size());
    assertEquals(forward.gain().mean(), -back.gain().mean(), 1e-12);
    assertEquals(forward.pValue(), back.pValue());
  }

  @Test
  void equalArmsMakeNoDifference() {
    Map<Long, Double> a = arm("a", 0.9, 0.01, 10);
    assertEquals(Verdict.NO_DIFFERENCE, only(a, a).verdict());
    assertEquals(Verdict.NO_DIFFERENCE, only(a, arm("c", 0.9, 0.01, 10)).verdict());
  }

  @Test
  void lessIsBetterForALoss() {
    Comparison.Pairs<String> row =
        new Comparison.Pairs<>("loss", arm("a", 0.3, 0.01, 10), arm("b", 0.5, 0.01, 10), 0);
    assertEquals(Verdict.HELPS, Comparison.all(List.of(row), false).get(0).verdict());
    assertEquals(Verdict.HURTS, Comparison.all(List.of(row), true).get(0).verdict());
  }

  @Test
  void manyRowsWithoutAnyEffectGiveNoVerdict() {
    List<Comparison.Pairs<Integer>> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(
          new Comparison.Pairs<>(i, arm("x" + i, 0.9, 0.01, 10), arm("y" + i, 0.9, 0.01, 10), 0));
    }
    List<Comparison<Integer>> all = Comparison.all(rows, true);
    assertTrue(
        all.stream().anyMatch(c -> c.pValue().orElseThrow() < 0.05),
        "without correction at least one of these rows looks like an effect");
    assertTrue(all.stream().allMatch(c -> c.verdict() == Verdict.NO_DIFFERENCE));
  }

  @Test
  void tenSeedsFindSixPointsAmongTwentyFourRows() {
    List<Comparison.Pairs<Integer>> rows = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      double effect = i == 0 ? 0.06 : 0;
      rows.add(
          new Comparison.Pairs<>(
              i, arm("x" + i, 0.9 + effect, 0.02, 10), arm("y" + i, 0.9, 0.02, 10), 0));
    }
    assertEquals(Verdict.HELPS, Comparison.all(rows, true).get(0).verdict());
  }

  @Test
  void onePairIsTooFew() {
    assertEquals(Verdict.UNTESTED, only(Map.of(1L, 0.9), Map.of(1L, 0.1)).verdict());
  }

  @Test
  void onlySeedsOfBothArmsArePaired() {
    Map<Long, Double> baseline = arm("b", 0.5, 0.01, 10);
    Map<Long, Double> arm = new TreeMap<>(arm("a", 0.8, 0.01, 10));
    arm.remove(3L);
    arm.put(99L, 0.0);
    Comparison<String> c = only(arm, baseline);
    assertEquals(9, c.gain().n());
    assertEquals(Verdict.HELPS, c.verdict());
  }
}
