package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.statistics.TransferGains;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.Outcome;
import dev.graft.benchmarks.suite.SuiteDescription;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The finished cells of one task with one network on one engine, out of which its story is made.
 *
 * @param key the story's
 */
record StoryCells(String key, List<CellResult> cells, SuiteDescription description) {

  /** For each strategy, for each number of labels, the metric by seed. */
  private Map<String, SortedMap<Integer, Map<Long, Double>>> metrics() {
    Map<String, SortedMap<Integer, Map<Long, Double>>> all = new LinkedHashMap<>();
    for (CellResult r : cells) {
      Double value = r.outcome().metrics().get(description.metric());
      if (value != null) {
        all.computeIfAbsent(r.cell().strategy(), s -> new TreeMap<>(Findings.BY_LABELS))
            .computeIfAbsent(r.cell().labelsPerClass(), l -> new TreeMap<>())
            .put(r.cell().seed(), value);
      }
    }
    return all;
  }

  /** Each strategy at each number of labels beside the baseline, for the tests. */
  List<Comparison.Pairs<Story.Row>> pairs() {
    Map<String, SortedMap<Integer, Map<Long, Double>>> metrics = metrics();
    SortedMap<Integer, Map<Long, Double>> baseline = metrics.remove(description.baseline());
    List<Comparison.Pairs<Story.Row>> pairs = new ArrayList<>();
    if (baseline == null) {
      return pairs;
    }
    double step = 1.0 / testExamples();
    metrics.forEach(
        (strategy, curve) ->
            curve.forEach(
                (labels, bySeed) -> {
                  Map<Long, Double> other = baseline.getOrDefault(labels, Map.of());
                  boolean repeated =
                      labels == Cell.ALL && isOneResult(bySeed) && isOneResult(other);
                  pairs.add(
                      new Comparison.Pairs<>(
                          new Story.Row(key, strategy, labels),
                          repeated ? first(bySeed) : bySeed,
                          other,
                          step));
                }));
    return pairs;
  }

  /** Without chance, and with the same examples, a strategy repeats itself; it proves nothing. */
  private static boolean isOneResult(Map<Long, Double> bySeed) {
    return bySeed.values().stream().distinct().count() == 1;
  }

  private static Map<Long, Double> first(Map<Long, Double> bySeed) {
    long seed = Collections.min(bySeed.keySet());
    return Map.of(seed, bySeed.get(seed));
  }

  /**
   * The story.
   *
   * @param rows the tested rows of all stories
   */
  Story story(List<Comparison<Story.Row>> rows) {
    Map<String, SortedMap<Integer, Map<Long, Double>>> metrics = metrics();
    Map<String, SortedMap<Integer, Estimate>> curves = new LinkedHashMap<>();
    metrics.forEach(
        (strategy, curve) -> {
          SortedMap<Integer, Estimate> estimates = new TreeMap<>(Findings.BY_LABELS);
          curve.forEach((labels, bySeed) -> estimates.put(labels, estimate(bySeed)));
          curves.put(strategy, estimates);
        });
    Cell first = cells.get(0).cell();
    return new Story(
        first.data(),
        first.model(),
        first.backend(),
        first.device(),
        testExamples(),
        curves,
        allMetrics(),
        PooledCalibration.of(cells),
        StepCurves.of(cells),
        rows.stream().filter(r -> r.row().story().equals(key)).toList(),
        gains(metrics, description.baseline()),
        costs());
  }

  /** The number of labels at which a story's curves end. */
  static int mostLabels(List<CellResult> cells) {
    return cells.stream().map(r -> r.cell().labelsPerClass()).max(Findings.BY_LABELS).orElseThrow();
  }

  /** Every metric with the most labels, by strategy. */
  private Map<String, SortedMap<String, Estimate>> allMetrics() {
    int most = mostLabels(cells);
    Map<String, SortedMap<String, List<Double>>> values = new LinkedHashMap<>();
    for (CellResult r : cells) {
      if (r.cell().labelsPerClass() == most) {
        SortedMap<String, List<Double>> arm =
            values.computeIfAbsent(r.cell().strategy(), s -> new TreeMap<>());
        r.outcome()
            .metrics()
            .forEach((name, v) -> arm.computeIfAbsent(name, n -> new ArrayList<>()).add(v));
      }
    }
    Map<String, SortedMap<String, Estimate>> estimates = new LinkedHashMap<>();
    values.forEach(
        (strategy, arm) -> {
          SortedMap<String, Estimate> means = new TreeMap<>();
          arm.forEach(
              (name, v) ->
                  means.put(
                      name, Estimate.of(v.stream().mapToDouble(Double::doubleValue).toArray())));
          estimates.put(strategy, means);
        });
    return estimates;
  }

  private static Estimate estimate(Map<Long, Double> bySeed) {
    return Estimate.of(bySeed.values().stream().mapToDouble(v -> v).toArray());
  }

  private int testExamples() {
    return cells.stream().mapToInt(r -> r.outcome().testExamples()).max().orElse(1);
  }

  private static Map<String, TransferGains> gains(
      Map<String, SortedMap<Integer, Map<Long, Double>>> metrics, String baseline) {
    Map<String, TransferGains> gains = new LinkedHashMap<>();
    if (!metrics.containsKey(baseline)) {
      return gains;
    }
    Map<Integer, Map<Long, Double>> scratch = counted(metrics.get(baseline));
    metrics.forEach(
        (strategy, curve) -> {
          Map<Integer, Map<Long, Double>> arm = counted(curve);
          if (!strategy.equals(baseline) && comparable(arm, scratch)) {
            gains.put(strategy, TransferGains.of(arm, scratch));
          }
        });
    return gains;
  }

  /** Without the point "all labels", which has no place on the axis. */
  private static Map<Integer, Map<Long, Double>> counted(
      SortedMap<Integer, Map<Long, Double>> curve) {
    Map<Integer, Map<Long, Double>> copy = new TreeMap<>(curve);
    copy.remove(Cell.ALL);
    return copy;
  }

  /** Whether the two have at least two label counts, and a seed that was run at all of them. */
  private static boolean comparable(
      Map<Integer, Map<Long, Double>> arm, Map<Integer, Map<Long, Double>> baseline) {
    Set<Integer> labels = new TreeSet<>(arm.keySet());
    labels.retainAll(baseline.keySet());
    if (labels.size() < 2) {
      return false;
    }
    Set<Long> seeds = new TreeSet<>();
    arm.values().forEach(m -> seeds.addAll(m.keySet()));
    for (int l : labels) {
      seeds.retainAll(arm.get(l).keySet());
      seeds.retainAll(baseline.get(l).keySet());
    }
    return !seeds.isEmpty();
  }

  private Map<String, Story.Cost> costs() {
    Map<String, List<Outcome>> byStrategy =
        cells.stream()
            .collect(
                Collectors.groupingBy(
                    r -> r.cell().strategy(),
                    LinkedHashMap::new,
                    Collectors.mapping(CellResult::outcome, Collectors.toList())));
    Map<String, Story.Cost> costs = new LinkedHashMap<>();
    byStrategy.forEach(
        (strategy, outcomes) -> {
          Map<String, Double> seconds = new LinkedHashMap<>();
          outcomes.forEach(
              o ->
                  o.seconds()
                      .forEach(
                          (phase, s) -> seconds.merge(phase, s / outcomes.size(), Double::sum)));
          double cpu = outcomes.stream().mapToDouble(Outcome::cpuSeconds).average().orElse(0);
          double memory = outcomes.stream().mapToDouble(Outcome::peakMemoryMiB).max().orElse(0);
          Map<String, Long> cache =
              outcomes.stream()
                  .collect(
                      Collectors.groupingBy(
                          o -> o.cache().name().toLowerCase(Locale.ROOT),
                          TreeMap::new,
                          Collectors.counting()));
          costs.put(strategy, new Story.Cost(seconds, cpu, memory, cache));
        });
    return costs;
  }
}
