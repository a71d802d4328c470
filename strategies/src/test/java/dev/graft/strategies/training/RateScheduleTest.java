package dev.graft.strategies.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.train.Schedule;
import dev.graft.train.Schedule.Shape;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RateScheduleTest {
  private static final int STEPS = 100;

  private static double[] rates(Shape shape) {
    RateSchedule schedule = new RateSchedule(new Schedule(shape, 2, 0.3), STEPS);
    return IntStream.range(0, STEPS).mapToDouble(schedule::rate).toArray();
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void risesToThePeakAndNeverAfterwards(Shape shape) {
    double[] rates = rates(shape);
    for (int i = 1; i < STEPS; i++) {
      assertTrue(i <= 30 ? rates[i] > rates[i - 1] : rates[i] <= rates[i - 1], shape + " at " + i);
    }
    assertEquals(2, rates[30], 1e-12);
    assertTrue(rates[0] > 0 && rates[STEPS - 1] > 0, "no step is wasted");
  }

  @Test
  void oneCycleBeginsAtATwentyFifthAndEndsNearNothing() {
    double[] rates = rates(Shape.ONE_CYCLE);
    assertEquals(2.0 / 25, rates[0], 1e-12);
    assertTrue(rates[STEPS - 1] < 2e-3);
  }

  @Test
  void constantStaysAtThePeak() {
    assertEquals(2, rates(Shape.CONSTANT)[STEPS - 1], 0);
  }

  @Test
  void cosineIsHalfWayDownHalfWayThrough() {
    assertEquals(1, rates(Shape.WARM_UP_COSINE)[65], 1e-9);
  }
}
