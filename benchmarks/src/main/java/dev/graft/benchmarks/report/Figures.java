package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.statistics.TransferGains;
import dev.graft.benchmarks.statistics.Verdict;
import dev.graft.benchmarks.suite.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Numbers and findings in words, the same in every kind of report. */
final class Figures {
  private Figures() {}

  /** A share in per cent with one decimal: {@code 91.2}. */
  static String percent(double share) {
    return format("%.1f", 100 * share);
  }

  /** A mean with its interval: {@code 91.2 ± 0.8}. */
  static String percent(Estimate e) {
    return e.n() == 1 ? percent(e.mean()) : percent(e.mean()) + " ± " + percent(e.margin());
  }

  /** A difference of shares with its sign, in points: {@code +3.4}. */
  static String points(double difference) {
    String text = format("%+.1f", 100 * difference).replace('-', '−');
    return text.equals("−0.0") || text.equals("+0.0") ? "0.0" : text;
  }

  static String points(Estimate e) {
    return e.n() == 1 ? points(e.mean()) : points(e.mean()) + " ± " + percent(e.margin());
  }

  static String pValue(double p) {
    return p < 0.0001 ? "< 0.0001" : format(p < 0.01 ? "%.4f" : "%.3f", p);
  }

  static String seconds(double s) {
    return s < 10 ? format("%.2f s", s) : format("%.1f s", s);
  }

  /** {@code 5}, or {@code all}. */
  static String labels(int perClass) {
    return perClass == Cell.ALL ? "all" : Integer.toString(perClass);
  }

  /** The labels that reach the target; where the fewest that were tried do, fewer may too. */
  static String labelsToTarget(Story story, TransferGains gains) {
    if (gains.labelsToTarget().isEmpty()) {
      return "not reached";
    }
    double labels = gains.labelsToTarget().getAsDouble();
    boolean fewest =
        story.curves().values().stream()
            .flatMap(c -> c.keySet().stream())
            .noneMatch(l -> l != Cell.ALL && l < labels);
    return fewest ? format("≤ %.0f", labels) : format("%.1f", labels);
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  /** A sign that says the verdict without colour. */
  static String sign(Verdict verdict) {
    return switch (verdict) {
      case HELPS -> "▲";
      case HURTS -> "▼";
      case NO_DIFFERENCE -> "=";
      case UNTESTED -> "?";
    };
  }

  /** The verdict with the size of the effect: {@code helps (large)}. */
  static String verdict(Comparison<?> row) {
    return switch (row.verdict()) {
      case HELPS, HURTS -> row.verdict().words() + " (" + row.size().word() + ")";
      case NO_DIFFERENCE, UNTESTED -> row.verdict().words();
    };
  }

  /** One sentence for a strategy: {@code helps with 1, 2 and 5; no difference with 10 labels}. */
  static String sentence(Story story, String strategy) {
    Map<Verdict, List<String>> labels = new LinkedHashMap<>();
    for (Comparison<Story.Row> row : story.rows()) {
      if (row.row().strategy().equals(strategy)) {
        labels
            .computeIfAbsent(row.verdict(), v -> new ArrayList<>())
            .add(labels(row.row().labelsPerClass()));
      }
    }
    List<String> parts = new ArrayList<>();
    labels.forEach((verdict, with) -> parts.add(verdict.words() + " with " + enumerate(with)));
    boolean counted = story.rows().stream().anyMatch(r -> r.row().labelsPerClass() != Cell.ALL);
    return String.join("; ", parts) + (counted ? " labels a class" : " labels");
  }

  /** {@code with 5 labels a class}, or {@code with all labels}. */
  static String withLabels(int perClass) {
    return perClass == Cell.ALL
        ? "with all labels"
        : "with " + perClass + (perClass == 1 ? " label a class" : " labels a class");
  }

  /** {@code 1, 2 and 5}. */
  static String enumerate(List<String> items) {
    int last = items.size() - 1;
    return last == 0
        ? items.get(0)
        : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
  }

  /** The report's answer in one sentence. */
  static String headline(Findings f) {
    int rows = f.rows().size();
    if (rows == 0) {
      return "There is nothing to compare: no row has both '"
          + f.description().baseline()
          + "' and another strategy.";
    }
    String text =
        format(
            "Of %d comparison%s with %s, transfer helps in %d, makes no difference in %d and hurts"
                + " (negative transfer) in %d.",
            rows,
            rows == 1 ? "" : "s",
            f.description().baseline(),
            f.count(Verdict.HELPS),
            f.count(Verdict.NO_DIFFERENCE),
            f.count(Verdict.HURTS));
    long untested = f.count(Verdict.UNTESTED);
    return untested == 0 ? text : text + format(" %d cannot be tested.", untested);
  }

  /** Where transfer is worse than training from scratch, line by line, the largest loss first. */
  static List<String> negativeTransfer(Findings f) {
    return f.negativeTransfer().stream()
        .map(
            row -> {
              Story story = f.story(row.row());
              return format(
                  "%s, %s: %s %s loses %s points against %s (paired t-test over"
                      + " %d seeds, p %s after Holm's correction)",
                  story.data(),
                  story.model(),
                  row.row().strategy(),
                  withLabels(row.row().labelsPerClass()),
                  percent(-row.gain().mean()),
                  f.description().baseline(),
                  row.gain().n(),
                  row.adjusted()
                      .map(Figures::pValue)
                      .map(p -> p.startsWith("<") ? p : "= " + p)
                      .orElseThrow());
            })
        .toList();
  }

  /** How the verdicts were found, sentence by sentence. */
  static List<String> method(Findings f) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Every seed draws its labelled examples and initial weights anew, and all strategies of one"
            + " seed get the same examples. Results are measured on a fixed test part that nothing"
            + " was stopped or chosen by.");
    lines.add(
        "Bands and ± are 95 % confidence intervals of the mean over seeds (Student's t). They say"
            + " how much other draws would move the mean on these data; they do not speak of other"
            + " data sets.");
    lines.add(
        format(
            "A verdict comes from the paired t-test over seeds (Student 1908), corrected for all"
                + " %d comparisons of this report by Holm's method (1979), at the level %.2f.",
            f.rows().size(), Verdict.LEVEL));
    String exact = "The exact sign-flip test (Fisher 1935), which assumes no normal distribution, ";
    lines.add(
        exact
            + (f.contradicted() == 0
                ? "contradicts none of the verdicts \"helps\" and \"hurts\"."
                : "does not confirm " + f.contradicted() + " of the verdicts; see the numbers."));
    if (f.beyondConfirmation() > 0) {
      lines.add(
          f.beyondConfirmation()
              + " verdicts come from fewer than six seeds, at which that test has too few outcomes"
              + " to confirm anything: they rest on the t-test's assumption of normal"
              + " differences.");
    }
    if (f.rows().stream().anyMatch(r -> r.verdict() == Verdict.UNTESTED)) {
      lines.add(
          "A comparison cannot be tested where there is only one seed, or where both arms give the"
              + " same result with every seed, because they use all labels and no chance: that is"
              + " one result, and its difference may be due to the choice of test examples.");
    }
    lines.add(
        "Size of the effect in points of the metric: negligible below 0.5, small below 2, medium"
            + " below 5, large from 5.");
    return lines;
  }
}
