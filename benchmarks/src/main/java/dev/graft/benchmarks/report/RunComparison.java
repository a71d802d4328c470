package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Verdict;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.Outcome;
import dev.graft.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Two runs of benchmarks held against each other, cell by cell: cells of the same suite, data,
 * model, strategy, backend, number of labels and seed are pairs.
 *
 * @param before the first run's directory name
 * @param after the second run's
 * @param metric what was compared
 * @param rows the pairs of all seeds together, with the same test and correction as within a run; a
 *     gain above zero means that the second run is better
 * @param times of the rows, in their order
 * @param changes what is different about the two runs
 */
public record RunComparison(
    String before,
    String after,
    String metric,
    List<Comparison<Row>> rows,
    List<Times> times,
    List<Change> changes) {

  /** What all seeds of a row have in common. */
  public record Row(
      String suite,
      String data,
      String model,
      String strategy,
      String backend,
      int labelsPerClass) {
    static Row of(Cell c) {
      return new Row(c.suite(), c.data(), c.model(), c.strategy(), c.backend(), c.labelsPerClass());
    }
  }

  /** Mean seconds of a row's cells in both runs, and of processor time. */
  public record Times(double before, double after, double cpuBefore, double cpuAfter) {}

  /** Something that is not the same in both runs. */
  public record Change(String what, String before, String after) {}

  /**
   * Compares what two benchmarks left in their directories.
   *
   * @throws DataException if one has no results, or they have no cell in common
   */
  public static RunComparison of(Path before, Path after) throws IOException {
    return of(Run.read(before), Run.read(after));
  }

  private static RunComparison of(Run before, Run after) {
    Map<Row, Map<Long, CellResult>> first = byRow(before);
    Map<Row, Map<Long, CellResult>> second = byRow(after);
    List<Comparison.Pairs<Row>> pairs = new ArrayList<>();
    first.forEach(
        (row, cells) -> {
          Map<Long, CellResult> others = second.getOrDefault(row, Map.of());
          if (cells.keySet().stream().anyMatch(others::containsKey)) {
            pairs.add(pairs(row, cells, others, before.metric()));
          }
        });
    if (pairs.isEmpty()) {
      throw new DataException(
          before.directory()
              + " and "
              + after.directory()
              + " have no finished cell in common: no pair of the same suite, data, model,"
              + " strategy, backend, number of labels and seed");
    }
    List<Comparison<Row>> rows = Comparison.all(pairs, true);
    List<Times> times =
        rows.stream().map(r -> times(first.get(r.row()), second.get(r.row()))).toList();
    return new RunComparison(
        before.name(),
        after.name(),
        before.metric(),
        rows,
        times,
        changes(before, after, first, second));
  }

  /** The finished cells by row and seed; of several with other settings, the last. */
  private static Map<Row, Map<Long, CellResult>> byRow(Run run) {
    Map<Row, Map<Long, CellResult>> rows = new LinkedHashMap<>();
    for (CellResult r : run.results()) {
      if (r.outcome().metrics().containsKey(run.metric())) {
        rows.computeIfAbsent(Row.of(r.cell()), k -> new TreeMap<>()).put(r.cell().seed(), r);
      }
    }
    return rows;
  }

  private static Comparison.Pairs<Row> pairs(
      Row row, Map<Long, CellResult> before, Map<Long, CellResult> after, String metric) {
    int examples =
        before.values().stream().mapToInt(r -> r.outcome().testExamples()).max().orElse(1);
    return new Comparison.Pairs<>(
        row, values(after, metric), values(before, metric), 1.0 / examples);
  }

  private static Map<Long, Double> values(Map<Long, CellResult> cells, String metric) {
    Map<Long, Double> values = new TreeMap<>();
    cells.forEach(
        (seed, r) -> {
          Double value = r.outcome().metrics().get(metric);
          if (value != null) {
            values.put(seed, value);
          }
        });
    return values;
  }

  private static Times times(Map<Long, CellResult> before, Map<Long, CellResult> after) {
    return new Times(
        mean(before, o -> o.seconds().getOrDefault("total", 0.0)),
        mean(after, o -> o.seconds().getOrDefault("total", 0.0)),
        mean(before, Outcome::cpuSeconds),
        mean(after, Outcome::cpuSeconds));
  }

  private static double mean(Map<Long, CellResult> cells, ToDoubleFunction<Outcome> value) {
    return cells.values().stream()
        .mapToDouble(r -> value.applyAsDouble(r.outcome()))
        .average()
        .orElse(0);
  }

  private static List<Change> changes(
      Run before,
      Run after,
      Map<Row, Map<Long, CellResult>> first,
      Map<Row, Map<Long, CellResult>> second) {
    List<Change> changes = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(before.environment().keySet());
    names.addAll(after.environment().keySet());
    for (String name : names) {
      String old = before.environment().getOrDefault(name, "–");
      String now = after.environment().getOrDefault(name, "–");
      if (!Objects.equals(old, now)) {
        changes.add(new Change(name, old, now));
      }
    }
    if (!before.metric().equals(after.metric())) {
      changes.add(new Change("metric", before.metric(), after.metric()));
    }
    count(changes, "finished cells that only one has", alone(first, second), alone(second, first));
    count(changes, "failed cells", failed(before), failed(after));
    int other = otherSettings(first, second);
    if (other > 0) {
      changes.add(new Change("cells with other settings, data or versions", "", "" + other));
    }
    return changes;
  }

  private static void count(List<Change> changes, String what, long before, long after) {
    if (before + after > 0) {
      changes.add(new Change(what, Long.toString(before), Long.toString(after)));
    }
  }

  private static long alone(
      Map<Row, Map<Long, CellResult>> these, Map<Row, Map<Long, CellResult>> those) {
    return these.entrySet().stream()
        .mapToLong(
            e ->
                e.getValue().keySet().stream()
                    .filter(seed -> !those.getOrDefault(e.getKey(), Map.of()).containsKey(seed))
                    .count())
        .sum();
  }

  private static long failed(Run run) {
    return run.results().stream().filter(r -> !r.outcome().isDone()).count();
  }

  private static int otherSettings(
      Map<Row, Map<Long, CellResult>> first, Map<Row, Map<Long, CellResult>> second) {
    int count = 0;
    for (Map.Entry<Row, Map<Long, CellResult>> row : first.entrySet()) {
      for (Map.Entry<Long, CellResult> cell : row.getValue().entrySet()) {
        CellResult twin = second.getOrDefault(row.getKey(), Map.of()).get(cell.getKey());
        if (twin != null && !twin.cell().settings().equals(cell.getValue().cell().settings())) {
          count++;
        }
      }
    }
    return count;
  }

  /** How many rows have this verdict; "helps" means that the second run is better. */
  public long count(Verdict verdict) {
    return rows.stream().filter(r -> r.verdict() == verdict).count();
  }
}
