package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.Outcome.TrainingPoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the strategies learn step by step, in the cells with the most labels.
 *
 * @param metric what was measured: on a validation part where there is one, else the training loss
 * @param labelsPerClass the number of labels of those cells
 * @param curves by strategy and step, over the seeds that came so far; strategies that do not train
 *     step by step have none
 */
record StepCurves(
    String metric, int labelsPerClass, Map<String, SortedMap<Integer, Estimate>> curves) {
  /** What may be drawn, the best first. */
  private static final List<String> METRICS =
      List.of("validation/error", "validation/loss", "loss");

  /** The curves of one story's cells; empty if nothing was trained step by step. */
  static Optional<StepCurves> of(List<CellResult> cells) {
    int labels = StoryCells.mostLabels(cells);
    List<CellResult> most =
        cells.stream()
            .filter(r -> r.cell().labelsPerClass() == labels)
            .filter(r -> r.outcome().training().size() > 1)
            .toList();
    return METRICS.stream()
        .filter(m -> !most.isEmpty() && most.stream().allMatch(r -> has(r, m)))
        .findFirst()
        .map(m -> new StepCurves(m, labels, curves(most, m)));
  }

  private static boolean has(CellResult result, String metric) {
    return result.outcome().training().stream().allMatch(p -> p.metrics().containsKey(metric));
  }

  private static Map<String, SortedMap<Integer, Estimate>> curves(
      List<CellResult> cells, String metric) {
    Map<String, SortedMap<Integer, List<Double>>> values = new LinkedHashMap<>();
    for (CellResult r : cells) {
      SortedMap<Integer, List<Double>> arm =
          values.computeIfAbsent(r.cell().strategy(), s -> new TreeMap<>());
      for (TrainingPoint point : r.outcome().training()) {
        arm.computeIfAbsent((int) point.step(), s -> new ArrayList<>())
            .add(point.metrics().get(metric));
      }
    }
    Map<String, SortedMap<Integer, Estimate>> curves = new LinkedHashMap<>();
    values.forEach((strategy, arm) -> curves.put(strategy, estimates(arm)));
    return curves;
  }

  /**
   * Only where all seeds are still training: the mean of those that did not stop early would show
   * who stopped, not who learned.
   */
  private static SortedMap<Integer, Estimate> estimates(SortedMap<Integer, List<Double>> arm) {
    int seeds = arm.values().stream().mapToInt(List::size).max().orElseThrow();
    SortedMap<Integer, Estimate> curve = new TreeMap<>();
    arm.forEach(
        (step, values) -> {
          if (values.size() == seeds) {
            curve.put(
                step, Estimate.of(values.stream().mapToDouble(Double::doubleValue).toArray()));
          }
        });
    return curve;
  }
}
