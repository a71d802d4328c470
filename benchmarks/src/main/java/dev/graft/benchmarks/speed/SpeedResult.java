package dev.graft.benchmarks.speed;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One contender on one workload.
 *
 * @param workload its key
 * @param contender its name, such as {@code onnx} or {@code Python PyTorch}
 * @param precision {@code float32} or {@code bfloat16}
 * @param peer whether it is not part of Graft
 * @param versions of engine and libraries
 * @param compileSeconds by measure: build, compile and first run
 * @param milliseconds by measure: the median of a run, and the quartiles around it
 * @param peakMemoryMiB the largest resident memory of its process
 * @param agreement how it compares with the first backend; empty for that one and for peers
 * @param problems what could not be measured, and why
 */
public record SpeedResult(
    String workload,
    String contender,
    String precision,
    boolean peer,
    Map<String, String> versions,
    Map<Measure, Double> compileSeconds,
    Map<Measure, Timing> milliseconds,
    double peakMemoryMiB,
    Optional<Agreement> agreement,
    List<String> problems) {
  public SpeedResult {
    versions = Map.copyOf(versions);
    compileSeconds = copy(compileSeconds);
    milliseconds = copy(milliseconds);
    problems = List.copyOf(problems);
  }

  private static <V> Map<Measure, V> copy(Map<Measure, V> map) {
    Map<Measure, V> copy = new EnumMap<>(Measure.class);
    copy.putAll(map);
    return Collections.unmodifiableMap(copy);
  }

  /** Milliseconds of one run over all rounds. */
  public record Timing(double lower, double median, double upper, int runs) {
    static Timing of(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return new Timing(
          quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75), sorted.length);
    }

    private static double quantile(double[] sorted, double q) {
      double at = q * (sorted.length - 1);
      int below = (int) Math.floor(at);
      int above = Math.min(sorted.length - 1, below + 1);
      return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
  }

  /**
   * The same network, weights and batch on two backends.
   *
   * @param reference the backend compared with
   * @param outputs largest difference of an output, over the largest output
   * @param losses largest relative difference of the losses of the first training steps
   * @param holds whether both are within the tolerance of the precision
   */
  public record Agreement(String reference, double outputs, double losses, boolean holds) {}
}
