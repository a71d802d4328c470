package dev.graft.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.graft.eval.Calibration;
import dev.graft.eval.Evaluation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What running a cell gave.
 *
 * @param status {@code done} or {@code failed}
 * @param metrics measured on the test part, by name; empty if it failed
 * @param testExamples how many examples the metrics were measured on
 * @param seconds wall-clock time by phase, in order; {@code total} is the whole cell
 * @param cpuSeconds processor time of the whole cell; see {@link CpuTime}
 * @param training how training went, in order: what was measured after how many steps; empty if
 *     nothing was trained step by step
 * @param calibration how far probabilities on the test part can be believed; empty for a model
 *     without probabilities
 * @param peakMemoryMiB the largest resident memory of the process while the cell ran, in MiB; 0
 *     where the system does not tell
 * @param versions of Graft, Java and the engine
 * @param cache {@code cold} if features were computed, {@code warm} if they came from a cache,
 *     {@code none} if the strategy keeps none
 * @param notes what the reader of a report should know
 * @param error why it failed; empty if it did not
 */
public record Outcome(
    Status status,
    Map<String, Double> metrics,
    int testExamples,
    Map<String, Double> seconds,
    double cpuSeconds,
    List<TrainingPoint> training,
    List<Calibration.Bin> calibration,
    double peakMemoryMiB,
    Map<String, String> versions,
    Cache cache,
    List<String> notes,
    String error) {
  public Outcome {
    metrics = copy(metrics);
    seconds = copy(seconds);
    training = List.copyOf(training);
    calibration = List.copyOf(calibration);
    versions = copy(versions);
    notes = List.copyOf(notes);
  }

  private static <V> Map<String, V> copy(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /**
   * What was measured while training.
   *
   * @param step the number of steps made so far
   * @param metrics such as {@code loss} of the steps before, and {@code validation/loss}; never of
   *     the test part
   */
  public record TrainingPoint(long step, Map<String, Double> metrics) {
    public TrainingPoint {
      metrics = copy(metrics);
    }
  }

  /** How a cell ended. */
  public enum Status {
    @JsonProperty("done")
    DONE,
    @JsonProperty("failed")
    FAILED
  }

  /** Where features came from. */
  public enum Cache {
    @JsonProperty("cold")
    COLD,
    @JsonProperty("warm")
    WARM,
    @JsonProperty("none")
    NONE
  }

  static Outcome failed(String error) {
    return new Outcome(
        Status.FAILED,
        Map.of(),
        0,
        Map.of(),
        0,
        List.of(),
        List.of(),
        0,
        Map.of(),
        Cache.NONE,
        List.of(),
        error);
  }

  /** What the strategy and the evaluation gave; time and memory are measured around them. */
  static Outcome done(
      Evaluation evaluation,
      Map<String, Double> seconds,
      List<TrainingPoint> training,
      Map<String, String> versions,
      Cache cache,
      List<String> notes) {
    return new Outcome(
        Status.DONE,
        evaluation.metrics(),
        evaluation.examples(),
        seconds,
        0,
        training,
        evaluation.calibration().bins(),
        0,
        versions,
        cache,
        notes,
        "");
  }

  Outcome measured(double totalSeconds, double cpu, double memoryMiB) {
    Map<String, Double> all = new LinkedHashMap<>(seconds);
    all.put("total", totalSeconds);
    return new Outcome(
        status,
        metrics,
        testExamples,
        all,
        cpu,
        training,
        calibration,
        memoryMiB,
        versions,
        cache,
        notes,
        error);
  }

  @JsonIgnore
  public boolean isDone() {
    return status == Status.DONE;
  }
}
