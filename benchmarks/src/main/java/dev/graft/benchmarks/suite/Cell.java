package dev.graft.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One training and its evaluation: a point of a suite's matrix.
 *
 * @param suite the suite's name
 * @param data the target task
 * @param model the pre-trained network
 * @param strategy the way of transfer
 * @param backend the engine
 * @param device where it runs, such as {@code cpu}, or {@code cpu bfloat16} in another precision
 *     than that of 32 bits
 * @param labelsPerClass labelled examples of each class; {@link #ALL} for all there are
 * @param seed decides the labelled examples drawn and all initial weights; arms with one seed make
 *     a pair
 * @param settings a digest of everything else that decides the result, the engine's version
 *     included, so that a changed suite does not take old results for its own
 */
@JsonPropertyOrder({
  "suite",
  "data",
  "model",
  "strategy",
  "backend",
  "device",
  "labelsPerClass",
  "seed",
  "settings"
})
public record Cell(
    String suite,
    String data,
    String model,
    String strategy,
    String backend,
    String device,
    int labelsPerClass,
    long seed,
    String settings) {
  /** All labelled examples there are. */
  public static final int ALL = 0;

  /** For progress and messages. */
  @Override
  public String toString() {
    return String.join(", ", data, model, strategy, backend + " on " + device, labels(), "seed ")
        + seed;
  }

  private String labels() {
    return labelsPerClass == ALL ? "all labels" : labelsPerClass + " labels a class";
  }
}
