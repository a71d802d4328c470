package dev.graft.benchmarks.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class VerdictPropertyTest {
  @Property(tries = 200)
  void everyVerdictIsTheOppositeOfTheSwappedOne(
      @ForAll @IntRange(min = 0, max = 100_000) int data,
      @ForAll @IntRange(min = -8, max = 8) int points) {
    Map<Long, Double> a = VerdictTest.arm("a" + data, 0.8 + points / 100.0, 0.02, 10);
    Map<Long, Double> b = VerdictTest.arm("b" + data, 0.8, 0.02, 10);
    Verdict forward = VerdictTest.only(a, b).verdict();
    Verdict opposite =
        switch (forward) {
          case HELPS -> Verdict.HURTS;
          case HURTS -> Verdict.HELPS;
          default -> forward;
        };
    assertEquals(opposite, VerdictTest.only(b, a).verdict());
  }
}
