package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.Environment;
import dev.graft.benchmarks.suite.SuiteDescription;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/** The findings as Markdown, for pull requests and terminals. */
final class MarkdownReport {
  private final Findings findings;
  private final SuiteDescription suite;
  private final StringBuilder text = new StringBuilder();

  private MarkdownReport(Findings findings) {
    this.findings = findings;
    this.suite = findings.description();
  }

  static String of(Findings findings) {
    return new MarkdownReport(findings).text();
  }

  private String text() {
    add("# " + suite.title() + "\n");
    add("**" + Figures.headline(findings) + "**\n");
    add(suite.text() + "\n");
    list("Before you believe it", suite.warnings());
    list("Negative transfer", Figures.negativeTransfer(findings));
    findings.stories().forEach(this::story);
    if (!findings.failures().isEmpty()) {
      add("## Cells that failed\n");
      for (CellResult r : findings.failures()) {
        add("- " + r.cell() + ": " + cell(r.outcome().error()));
      }
      add("");
    }
    list("How the verdicts were found", Figures.method(findings));
    list("How the arms were kept alike", suite.fairness());
    list("What the strategies noted", findings.notes());
    Environment e = findings.environment();
    add("## Where it ran\n");
    add("- " + e.processor() + ", " + e.processors() + " processors, " + e.memoryMiB() + " MiB");
    add("- " + e.system() + ", Java " + e.java());
    e.versions().forEach((name, version) -> add("- " + name + " " + version));
    add("\n## Run it again\n\n```\n" + String.join("\n", suite.reproduce()) + "\n```");
    return text.toString();
  }

  private void story(Story story) {
    add("## " + story.data() + "\n");
    add(
        story.model()
            + ", "
            + story.backend()
            + " on "
            + story.device()
            + ", "
            + story.testExamples()
            + " test examples\n");
    String about = suite.stories().get(story.data());
    if (about != null) {
      add(about + "\n");
    }
    for (String strategy : story.curves().keySet()) {
      if (story.rows().stream().anyMatch(r -> r.row().strategy().equals(strategy))) {
        add("- **" + strategy + "** " + Figures.sentence(story, strategy) + ".");
      }
    }
    add("\n| labels a class | strategy | " + suite.metric() + " % | gain | p (Holm) | verdict |");
    add("|---:|---|---:|---:|---:|---|");
    Set<Integer> labels = new TreeSet<>(Findings.BY_LABELS);
    story.curves().values().forEach(c -> labels.addAll(c.keySet()));
    for (int l : labels) {
      for (Map.Entry<String, SortedMap<Integer, Estimate>> curve : story.curves().entrySet()) {
        Estimate e = curve.getValue().get(l);
        if (e != null) {
          row(story, curve.getKey(), l, e);
        }
      }
    }
    add("");
    gains(story);
  }

  private void gains(Story story) {
    if (story.gains().isEmpty()) {
      return;
    }
    add(
        "| whole curve | jumpstart | slope, per doubling | asymptote | area ratio | labels to"
            + " target |");
    add("|---|---:|---:|---:|---:|---:|");
    story
        .gains()
        .forEach(
            (strategy, g) ->
                add(
                    String.join(
                        " | ",
                        "| " + cell(strategy),
                        Figures.points(g.jumpstart()),
                        Figures.points(g.slope()),
                        Figures.points(g.asymptote()),
                        Figures.points(g.areaRatio()) + " %",
                        Figures.labelsToTarget(story, g) + " |")));
    add("");
  }

  private void row(Story story, String strategy, int labels, Estimate e) {
    String judged =
        story
            .row(strategy, labels)
            .map(
                (Comparison<Story.Row> r) ->
                    Figures.points(r.gain())
                        + " | "
                        + r.adjusted().map(Figures::pValue).orElse("–")
                        + " | "
                        + Figures.sign(r.verdict())
                        + " "
                        + Figures.verdict(r))
            .orElse(" | | ");
    add(
        "| "
            + Figures.labels(labels)
            + " | "
            + cell(strategy)
            + " | "
            + Figures.percent(e)
            + " | "
            + judged
            + " |");
  }

  private void list(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      add("## " + title + "\n");
      lines.forEach(l -> add("- " + l));
      add("");
    }
  }

  /** Text that does not end a table's cell. */
  private static String cell(String s) {
    return s.replace("|", "\\|").replace("\n", " ");
  }

  private void add(String line) {
    text.append(line).append('\n');
  }
}
