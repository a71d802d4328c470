package dev.graft.strategies.evaluation;

/**
 * Hits, false alarms and misses, and what is made of them; 0 where there was nothing to find and
 * nothing found.
 */
record F1(double hits, double falseAlarms, double misses) {
  static final F1 NOTHING = new F1(0, 0, 0);

  F1 plus(F1 other) {
    return new F1(hits + other.hits, falseAlarms + other.falseAlarms, misses + other.misses);
  }

  double precision() {
    return ratio(hits, hits + falseAlarms);
  }

  double recall() {
    return ratio(hits, hits + misses);
  }

  /** The harmonic mean of precision and recall. */
  double f1() {
    return ratio(2 * hits, 2 * hits + falseAlarms + misses);
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
