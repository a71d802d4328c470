package dev.graft.train;

import java.util.Map;

/** Hears how far long work has come. Called on the thread that works; must return quickly. */
@FunctionalInterface
public interface Progress {
  /** Says nothing. */
  Progress SILENT = event -> {};

  void report(Event event);

  /**
   * One report.
   *
   * @param phase what is being done: {@code features}, {@code head}, {@code training}, ...
   * @param done the steps done of this phase, of whatever kind it counts (examples, epochs)
   * @param total the steps of this phase at most; early stopping may end it before
   * @param metrics numbers known now, such as {@code loss}; may be empty. Training by gradients
   *     gives {@code step}, the steps made so far, and {@code loss}, and with a validation part
   *     {@code validation/loss} and {@code validation/error}
   */
  record Event(String phase, long done, long total, Map<String, Double> metrics) {
    public Event {
      metrics = Map.copyOf(metrics);
    }
  }

  /** A report without metrics. */
  default void report(String phase, long done, long total) {
    report(new Event(phase, done, total, Map.of()));
  }
}
