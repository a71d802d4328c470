package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.statistics.TransferGains;
import dev.graft.benchmarks.statistics.Verdict;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.Environment;
import dev.graft.benchmarks.suite.Outcome;
import dev.graft.benchmarks.suite.SuiteDescription;
import java.util.ArrayList;
import java.util.Comparator;
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
 * Everything that a suite's results say. Follows from the results alone: whoever computes it again
 * from {@code results.jsonl} gets the same.
 *
 * @param description what the suite is
 * @param environment where it ran
 * @param planned the number of cells of the suite; more than there are results if it was stopped
 * @param stories the results by task, network and engine
 * @param failures cells that failed
 * @param notes what strategies said while fitting, in at least half of their cells
 */
public record Findings(
    SuiteDescription description,
    Environment environment,
    int planned,
    List<Story> stories,
    List<CellResult> failures,
    List<String> notes) {

  /** The order of label counts, in which "all" comes last. */
  static final Comparator<Integer> BY_LABELS =
      Comparator.comparingInt(l -> l == Cell.ALL ? Integer.MAX_VALUE : l);

  public static Findings of(
      SuiteDescription description,
      Environment environment,
      int planned,
      List<CellResult> results) {
    List<CellResult> done = results.stream().filter(r -> r.outcome().isDone()).toList();
    Map<String, List<CellResult>> byStory =
        done.stream()
            .collect(
                Collectors.groupingBy(
                    r -> storyKey(r.cell()), LinkedHashMap::new, Collectors.toList()));
    // All rows of the report are one family: their p-values are corrected together.
    List<Comparison.Pairs<Story.Row>> pairs = new ArrayList<>();
    byStory.forEach((key, cells) -> pairs.addAll(pairs(key, cells, description)));
    List<Comparison<Story.Row>> rows = Comparison.all(pairs, true);
    List<Story> stories = new ArrayList<>();
    byStory.forEach((key, cells) -> stories.add(story(key, cells, rows, description)));
    return new Findings(
        description,
        environment,
        planned,
        List.copyOf(stories),
        results.stream().filter(r -> !r.outcome().isDone()).toList(),
        notes(done));
  }

  /** How many rows have this verdict. */
  public long count(Verdict verdict) {
    return rows().stream().filter(r -> r.verdict() == verdict).count();
  }

  /** The rows in which transfer hurts, that is, negative transfer, by how much. */
  List<Comparison<Story.Row>> negativeTransfer() {
    return rows().stream()
        .filter(r -> r.verdict() == Verdict.HURTS)
        .sorted(Comparator.comparingDouble(r -> r.gain().mean()))
        .toList();
  }

  /** The story that a row belongs to. */
  Story story(Story.Row row) {
    return stories.stream()
        .filter(s -> s.rows().stream().anyMatch(r -> r.row().equals(row)))
        .findFirst()
        .orElseThrow();
  }

  /** The rows of all stories. */
  public List<Comparison<Story.Row>> rows() {
    return stories.stream().flatMap(s -> s.rows().stream()).toList();
  }

  /** Rows with a verdict in which the exact sign-flip test, uncorrected, does not confirm it. */
  public long contradicted() {
    return decided().stream()
        .filter(Findings::canBeConfirmed)
        .filter(r -> r.signFlip().orElseThrow() >= Verdict.LEVEL)
        .count();
  }

  /** Rows with a verdict that the sign-flip test could not confirm whatever the results. */
  long beyondConfirmation() {
    return decided().stream().filter(r -> !canBeConfirmed(r)).count();
  }

  private List<Comparison<Story.Row>> decided() {
    return rows().stream()
        .filter(r -> r.verdict() == Verdict.HELPS || r.verdict() == Verdict.HURTS)
        .toList();
  }

  /** With n seeds there are 2^n ways to swap arms, so no p-value is below 2 / 2^n. */
  private static boolean canBeConfirmed(Comparison<Story.Row> row) {
    return Math.scalb(2.0, -row.gain().n()) < Verdict.LEVEL;
  }

  /** What holds for one cell only, such as its number of epochs, is left to the result file. */
  private static List<String> notes(List<CellResult> done) {
    Map<String, Long> cells = new LinkedHashMap<>();
    Map<String, Long> said = new LinkedHashMap<>();
    for (CellResult r : done) {
      String strategy = r.cell().strategy();
      cells.merge(strategy, 1L, Long::sum);
      r.outcome().notes().forEach(n -> said.merge(strategy + ": " + n, 1L, Long::sum));
    }
    return said.entrySet().stream()
        .filter(e -> 2 * e.getValue() >= cells.get(e.getKey().split(": ", 2)[0]))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static String storyKey(Cell c) {
    return String.join(" | ", c.data(), c.model(), c.backend(), c.device());
  }

  /** For each strategy, for each number of labels, the metric by seed. */
  private static Map<String, SortedMap<Integer, Map<Long, Double>>> metrics(
      List<CellResult> cells, String metric) {
    Map<String, SortedMap<Integer, Map<Long, Double>>> all = new LinkedHashMap<>();
    for (CellResult r : cells) {
      Double value = r.outcome().metrics().get(metric);
      if (value != null) {
        all.computeIfAbsent(r.cell().strategy(), s -> new TreeMap<>(BY_LABELS))
            .computeIfAbsent(r.cell().labelsPerClass(), l -> new TreeMap<>())
            .put(r.cell().seed(), value);
      }
    }
    return all;
  }

  private static List<Comparison.Pairs<Story.Row>> pairs(
      String key, List<CellResult> cells, SuiteDescription description) {
    Map<String, SortedMap<Integer, Map<Long, Double>>> metrics =
        metrics(cells, description.metric());
    SortedMap<Integer, Map<Long, Double>> baseline = metrics.remove(description.baseline());
    List<Comparison.Pairs<Story.Row>> pairs = new ArrayList<>();
    if (baseline == null) {
      return pairs;
    }
    double step = 1.0 / testExamples(cells);
    metrics.forEach(
        (strategy, curve) ->
            curve.forEach(
                (labels, bySeed) -> {
                  Map<Long, Double> other = baseline.getOrDefault(labels, Map.of());
                  pairs.add(
                      new Comparison.Pairs<>(
                          new Story.Row(key, strategy, labels), bySeed, other, step));
                }));
    return pairs;
  }

  private static Story story(
      String key,
      List<CellResult> cells,
      List<Comparison<Story.Row>> rows,
      SuiteDescription description) {
    Map<String, SortedMap<Integer, Map<Long, Double>>> metrics =
        metrics(cells, description.metric());
    Map<String, SortedMap<Integer, Estimate>> curves = new LinkedHashMap<>();
    metrics.forEach(
        (strategy, curve) -> {
          SortedMap<Integer, Estimate> estimates = new TreeMap<>(BY_LABELS);
          curve.forEach((labels, bySeed) -> estimates.put(labels, estimate(bySeed)));
          curves.put(strategy, estimates);
        });
    Cell first = cells.get(0).cell();
    return new Story(
        first.data(),
        first.model(),
        first.backend(),
        first.device(),
        testExamples(cells),
        curves,
        allMetrics(cells),
        PooledCalibration.of(cells),
        StepCurves.of(cells),
        rows.stream().filter(r -> r.row().story().equals(key)).toList(),
        gains(metrics, description.baseline()),
        costs(cells));
  }

  /** The number of labels at which a story's curves end. */
  static int mostLabels(List<CellResult> cells) {
    return cells.stream().map(r -> r.cell().labelsPerClass()).max(BY_LABELS).orElseThrow();
  }

  /** Every metric with the most labels, by strategy. */
  private static Map<String, SortedMap<String, Estimate>> allMetrics(List<CellResult> cells) {
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

  private static int testExamples(List<CellResult> cells) {
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

  private static Map<String, Story.Cost> costs(List<CellResult> cells) {
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
