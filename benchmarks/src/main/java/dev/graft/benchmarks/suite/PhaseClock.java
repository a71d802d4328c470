package dev.graft.benchmarks.suite;

import dev.graft.train.Progress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Wall-clock time by phase: the time up to each report belongs to the phase that reports. Used by
 * one thread.
 */
final class PhaseClock implements Progress {
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long last = System.nanoTime();

  @Override
  public void report(Event event) {
    lap(event.phase());
  }

  /** Adds the time since the last lap to a phase. */
  void lap(String phase) {
    long now = System.nanoTime();
    seconds.merge(phase, (now - last) / 1e9, Double::sum);
    last = now;
  }

  /** In milliseconds' precision. */
  Map<String, Double> seconds() {
    Map<String, Double> rounded = new LinkedHashMap<>();
    seconds.forEach((phase, s) -> rounded.put(phase, Math.round(s * 1e3) / 1e3));
    return rounded;
  }
}
