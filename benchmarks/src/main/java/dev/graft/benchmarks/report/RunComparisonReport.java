package dev.graft.benchmarks.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.benchmarks.report.RunComparison.Change;
import dev.graft.benchmarks.report.RunComparison.Row;
import dev.graft.benchmarks.report.RunComparison.Times;
import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Two runs held against each other, as HTML, Markdown and JSON. */
public final class RunComparisonReport {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RunComparison runs;

  private RunComparisonReport(RunComparison runs) {
    this.runs = runs;
  }

  /** Writes {@code compare.html}, {@code compare.md} and {@code compare.json} into a directory. */
  public static void write(Path directory, RunComparison runs) throws IOException {
    RunComparisonReport report = new RunComparisonReport(runs);
    Files.createDirectories(directory);
    Reports.replace(directory.resolve("compare.json"), report.json());
    Reports.replace(directory.resolve("compare.md"), report.markdown());
    Reports.replace(directory.resolve("compare.html"), report.html());
  }

  /** The answer in one sentence. */
  public static String headline(RunComparison runs) {
    String text =
        Figures.format(
            "Of %d rows that both runs have, '%s' is better than '%s' in %d, worse in %d and no"
                + " different in %d.",
            runs.rows().size(),
            runs.after(),
            runs.before(),
            runs.count(Verdict.HELPS),
            runs.count(Verdict.HURTS),
            runs.count(Verdict.NO_DIFFERENCE));
    long untested = runs.count(Verdict.UNTESTED);
    return untested == 0 ? text : text + Figures.format(" %d cannot be tested.", untested);
  }

  private List<String> method() {
    return List.of(
        "Cells are pairs where suite, data, model, strategy, backend, number of labels and seed are"
            + " the same.",
        Figures.format(
            "A verdict comes from the paired t-test over seeds (Student 1908) on %s, corrected for"
                + " all %d rows by Holm's method (1979), at the level %.2f.",
            runs.metric(), runs.rows().size(), Verdict.LEVEL),
        "Times are means over a row's cells, as each run measured them; on another machine, or beside"
            + " other work, they differ for that reason alone.");
  }

  private static String verdict(Comparison<Row> row) {
    return switch (row.verdict()) {
      case HELPS -> "better (" + row.size().word() + ")";
      case HURTS -> "worse (" + row.size().word() + ")";
      case NO_DIFFERENCE, UNTESTED -> row.verdict().words();
    };
  }

  private static String p(Comparison<Row> row) {
    return row.adjusted().map(Figures::pValue).orElse("–");
  }

  // --- Markdown

  private String markdown() {
    StringBuilder s = new StringBuilder("# " + title() + "\n\n");
    s.append("**").append(headline(runs)).append("**\n\n");
    s.append("| data | model | strategy | backend | labels | ").append(runs.before());
    s.append(" | ").append(runs.after()).append(" | difference | p (Holm) | verdict | seconds |\n");
    s.append("|---|---|---|---|---:|---:|---:|---:|---:|---|---:|\n");
    for (int i = 0; i < runs.rows().size(); i++) {
      Comparison<Row> row = runs.rows().get(i);
      s.append("| ")
          .append(
              String.join(
                  " | ",
                  row.row().data(),
                  row.row().model(),
                  row.row().strategy(),
                  row.row().backend(),
                  Figures.labels(row.row().labelsPerClass()),
                  Figures.percent(row.baseline()),
                  Figures.percent(row.arm()),
                  Figures.points(row.gain()),
                  p(row),
                  Figures.sign(row.verdict()) + " " + verdict(row),
                  seconds(runs.times().get(i))))
          .append(" |\n");
    }
    s.append("\n## What is different about the runs\n\n");
    if (runs.changes().isEmpty()) {
      s.append("Nothing that they recorded.\n");
    } else {
      s.append("| | ").append(runs.before()).append(" | ").append(runs.after()).append(" |\n");
      s.append("|---|---|---|\n");
      for (Change c : runs.changes()) {
        s.append("| ").append(String.join(" | ", c.what(), c.before(), c.after())).append(" |\n");
      }
    }
    s.append("\n## How the verdicts were found\n\n");
    method().forEach(line -> s.append("- ").append(line).append('\n'));
    return s.toString();
  }

  private String title() {
    return "From '" + runs.before() + "' to '" + runs.after() + "'";
  }

  private static String seconds(Times t) {
    return Figures.seconds(t.before()) + " → " + Figures.seconds(t.after());
  }

  // --- HTML

  private String html() {
    Page page = new Page(title());
    page.add("<header><p class=\"kicker\">Graft benchmark · two runs</p><h1>%s</h1>", title());
    page.add("<p class=\"lead\">%s</p></header>", headline(runs));
    page.add("<section class=\"card wide\"><h2>Row by row</h2>");
    page.add(
        "<p class=\"sub\">%s in per cent; differences in points</p><div class=\"scroll\"><table>",
        runs.metric());
    page.add(
        "<thead><tr><th scope=\"col\">strategy</th><th scope=\"col\">labels</th>"
            + "<th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">difference</th>"
            + "<th scope=\"col\">p (Holm)</th><th scope=\"col\">verdict</th>"
            + "<th scope=\"col\">a cell took</th></tr></thead><tbody>",
        runs.before(), runs.after());
    for (int i = 0; i < runs.rows().size(); i++) {
      row(page, runs.rows().get(i), runs.times().get(i));
    }
    page.add("</tbody></table></div></section>");
    page.add("<section class=\"card wide\"><h2>What is different about the runs</h2>");
    changes(page);
    page.add("</section><section class=\"card wide\"><h2>How the verdicts were found</h2>");
    page.list(method());
    page.add("</section>");
    return page.finish();
  }

  private static void row(Page page, Comparison<Row> row, Times times) {
    Row r = row.row();
    page.add(
        "<tr><th scope=\"row\">%s <small>%s, %s on %s</small></th><td>%s</td><td>%s</td>",
        r.strategy(),
        r.data(),
        r.model(),
        r.backend(),
        Figures.labels(r.labelsPerClass()),
        Figures.percent(row.baseline()));
    page.add(
        "<td>%s</td><td>%s</td><td>%s</td>",
        Figures.percent(row.arm()), Figures.points(row.gain()), p(row));
    page.add(
        "<td><span class=\"pill %s\"><span aria-hidden=\"true\">%s</span> %s</span></td><td>%s</td></tr>",
        row.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        Figures.sign(row.verdict()),
        verdict(row),
        seconds(times));
  }

  private void changes(Page page) {
    if (runs.changes().isEmpty()) {
      page.add("<p>Nothing that they recorded.</p>");
      return;
    }
    page.add(
        "<div class=\"scroll\"><table><thead><tr><th></th><th scope=\"col\" class=\"left\">%s</th>"
            + "<th scope=\"col\" class=\"left\">%s</th></tr></thead><tbody>",
        runs.before(), runs.after());
    for (Change c : runs.changes()) {
      page.add(
          "<tr><th scope=\"row\">%s</th><td class=\"left\">%s</td><td class=\"left\">%s</td></tr>",
          c.what(), c.before(), c.after());
    }
    page.add("</tbody></table></div>");
  }

  // --- JSON

  private String json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("before", runs.before());
    root.put("after", runs.after());
    root.put("metric", runs.metric());
    root.put("headline", headline(runs));
    ArrayNode rows = root.putArray("rows");
    for (int i = 0; i < runs.rows().size(); i++) {
      Comparison<Row> row = runs.rows().get(i);
      ObjectNode node = JSON.valueToTree(row.row());
      node.put("verdict", verdict(row));
      node.set("before", SummaryJson.estimate(row.baseline()));
      node.set("after", SummaryJson.estimate(row.arm()));
      node.set("difference", SummaryJson.estimate(row.gain()));
      node.put("p", row.pValue().orElse(null));
      node.put("pAdjusted", row.adjusted().orElse(null));
      node.set("seconds", JSON.valueToTree(runs.times().get(i)));
      rows.add(node);
    }
    root.set("changes", JSON.valueToTree(runs.changes()));
    return root.toPrettyString() + "\n";
  }
}
