package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.statistics.TransferGains;
import dev.graft.eval.Calibration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The results of one task with one network on one engine: what can be drawn in one picture.
 *
 * @param data the target task
 * @param model the pre-trained network
 * @param backend the engine
 * @param device where it ran
 * @param testExamples the size of the test part
 * @param curves for each strategy, in the order of the suite, the metric by labels per class
 * @param metrics all that was measured with the most labels, by strategy and name
 * @param calibration with the most labels, all seeds together, by strategy; without those of models
 *     that have no probabilities
 * @param steps how the strategies learn step by step, if one does
 * @param rows each strategy against the baseline at each number of labels
 * @param gains whole curves against the baseline's, by strategy
 * @param costs by strategy
 */
public record Story(
    String data,
    String model,
    String backend,
    String device,
    int testExamples,
    Map<String, SortedMap<Integer, Estimate>> curves,
    Map<String, SortedMap<String, Estimate>> metrics,
    Map<String, List<Calibration.Bin>> calibration,
    Optional<StepCurves> steps,
    List<Comparison<Row>> rows,
    Map<String, TransferGains> gains,
    Map<String, Cost> costs) {

  /** A strategy at a number of labels per class. */
  public record Row(String story, String strategy, int labelsPerClass) {}

  /**
   * What one strategy cost, over all cells.
   *
   * @param seconds mean wall-clock time of a cell by phase
   * @param cpuSeconds mean processor time of a cell
   * @param peakMemoryMiB the largest of all cells
   * @param cache how many cells found their features in which state
   */
  public record Cost(
      Map<String, Double> seconds,
      double cpuSeconds,
      double peakMemoryMiB,
      Map<String, Long> cache) {}

  /** The comparison of a strategy at a number of labels, if there is one. */
  Optional<Comparison<Row>> row(String strategy, int labelsPerClass) {
    return rows.stream()
        .filter(
            r -> r.row().strategy().equals(strategy) && r.row().labelsPerClass() == labelsPerClass)
        .findFirst();
  }
}
