package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
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
import java.util.Objects;
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
    byStory.forEach((key, cells) -> pairs.addAll(new StoryCells(key, cells, description).pairs()));
    List<Comparison<Story.Row>> rows = Comparison.all(pairs, true);
    List<Story> stories = new ArrayList<>();
    byStory.forEach(
        (key, cells) -> stories.add(new StoryCells(key, cells, description).story(rows)));
    return new Findings(
        description.withWarnings(unlearned(byStory, description.baseline())),
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

  /**
   * Where the baseline's training loss ended above a quarter of its first value, for then more
   * steps may take some of what transfer gains.
   */
  private static List<String> unlearned(Map<String, List<CellResult>> byStory, String baseline) {
    List<String> where = new ArrayList<>();
    byStory.forEach(
        (story, cells) -> {
          double left =
              cells.stream()
                  .filter(r -> r.cell().strategy().equals(baseline))
                  .mapToDouble(r -> lossLeft(r.outcome().training()))
                  .average()
                  .orElse(0);
          if (left > 0.25) {
            Cell cell = cells.get(0).cell();
            where.add(
                String.format(
                    Locale.ROOT, "%s, %s (%.0f %%)", cell.data(), cell.model(), 100 * left));
          }
        });
    return where.isEmpty()
        ? List.of()
        : List.of(
            "'"
                + baseline
                + "' was still learning when its steps were over, so that with more of them transfer"
                + " may gain less. What was left of its first training loss: "
                + String.join("; ", where)
                + ".");
  }

  /** The last training loss as a share of the first one; 0 if nothing was trained step by step. */
  private static double lossLeft(List<Outcome.TrainingPoint> points) {
    List<Double> losses =
        points.stream().map(p -> p.metrics().get("loss")).filter(Objects::nonNull).toList();
    return losses.size() < 2 ? 0 : losses.get(losses.size() - 1) / losses.get(0);
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
}
