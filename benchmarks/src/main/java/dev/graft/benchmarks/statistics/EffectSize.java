package dev.graft.benchmarks.statistics;

import java.util.Locale;

/**
 * The size of a difference in words. The limits are points of accuracy (hundredths), because that
 * is what a user gains or loses; a difference measured in standard deviations between seeds would
 * call a tenth of a point huge only because it is steady.
 */
public enum EffectSize {
  NEGLIGIBLE(0.005),
  SMALL(0.02),
  MEDIUM(0.05),
  LARGE(Double.POSITIVE_INFINITY);

  private final double limit;

  EffectSize(double limit) {
    this.limit = limit;
  }

  /** The word for a difference of a metric that lies between 0 and 1. */
  public static EffectSize of(double difference) {
    for (EffectSize size : values()) {
      if (Math.abs(difference) < size.limit) {
        return size;
      }
    }
    return LARGE;
  }

  /** In lower case, for reports. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
