package dev.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class ToleranceTest {
  private static final Tolerance HUNDREDTH = new Tolerance(0.01, 0);

  private static HostTensor floats(float... values) {
    return HostTensor.of(values, values.length);
  }

  @Test
  void theWorstElementIsShown() {
    AssertionError e =
        assertThrows(
            AssertionError.class,
            () -> HUNDREDTH.check("y", floats(1, 1, 1), floats(1.005f, 1.5f, 1.02f)));
    assertTrue(e.getMessage().contains("2 of 3 elements; worst at 1: 1.5"), e.getMessage());
  }

  @Test
  void specialValuesAgreeWithThemselvesOnly() {
    float inf = Float.POSITIVE_INFINITY;
    HUNDREDTH.check("y", floats(Float.NaN, inf, -inf), floats(Float.NaN, inf, -inf));
    assertThrows(AssertionError.class, () -> HUNDREDTH.check("y", floats(inf), floats(-inf)));
    assertThrows(AssertionError.class, () -> HUNDREDTH.check("y", floats(1), floats(Float.NaN)));
    assertThrows(AssertionError.class, () -> HUNDREDTH.check("y", floats(Float.NaN), floats(1)));
  }

  @Test
  void typesAndShapesMustBeEqual() {
    assertThrows(
        AssertionError.class,
        () -> HUNDREDTH.check("y", floats(1), HostTensor.of(new double[] {1}, 1)));
    assertThrows(
        AssertionError.class,
        () -> HUNDREDTH.check("y", floats(1), HostTensor.of(new float[] {1}, 1, 1)));
  }
}
