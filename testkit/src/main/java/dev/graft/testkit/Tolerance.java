package dev.graft.testkit;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;

/**
 * How far two values may be apart: {@code |actual - expected| <= absolute + relative * |expected|}.
 * NaN agrees with NaN, and an infinity with itself.
 */
public record Tolerance(double relative, double absolute) {
  public static final Tolerance EXACT = new Tolerance(0, 0);

  /**
   * For results computed in an element type by sums of a few dozen terms, of the size of a few
   * units.
   */
  public static Tolerance of(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> new Tolerance(1e-9, 1e-10);
      case FLOAT32 -> new Tolerance(1e-4, 2e-5);
      case FLOAT16 -> new Tolerance(5e-3, 2e-3);
      case BFLOAT16 -> new Tolerance(4e-2, 2e-2);
      default -> EXACT;
    };
  }

  /** Throws an {@link AssertionError} that shows the worst element if the tensors do not agree. */
  public void check(String name, HostTensor expected, HostTensor actual) {
    if (!expected.type().equals(actual.type())) {
      throw new AssertionError(
          name + " is " + actual.type() + ", but should be " + expected.type());
    }
    boolean floating = expected.dtype().isFloating();
    int wrong = 0;
    int worst = -1;
    double worstExcess = 0;
    for (int i = 0; i < expected.size(); i++) {
      double excess =
          floating
              ? excess(expected.getDouble(i), actual.getDouble(i))
              : expected.getLong(i) == actual.getLong(i) ? 0 : 1;
      if (!(excess <= 0)) {
        wrong++;
        if (worst < 0 || excess > worstExcess) {
          worst = i;
          worstExcess = excess;
        }
      }
    }
    if (wrong > 0) {
      throw new AssertionError(
          name
              + " "
              + expected.type()
              + " is wrong in "
              + wrong
              + " of "
              + expected.size()
              + " elements; worst at "
              + worst
              + ": "
              + show(actual, worst)
              + ", but should be "
              + show(expected, worst)
              + " (relative "
              + relative
              + ", absolute "
              + absolute
              + ")");
    }
  }

  private double excess(double expected, double actual) {
    if (Double.compare(expected, actual) == 0 || expected == actual) {
      return 0;
    }
    if (!Double.isFinite(expected) || !Double.isFinite(actual)) {
      return Double.POSITIVE_INFINITY;
    }
    return Math.abs(actual - expected) - absolute - relative * Math.abs(expected);
  }

  private static String show(HostTensor t, int i) {
    return t.dtype().isFloating() ? Double.toString(t.getDouble(i)) : Long.toString(t.getLong(i));
  }
}
