package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.SuiteDescription;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The findings as one HTML file without anything outside it: no script, no font, no link to fetch.
 */
final class HtmlReport {
  private final Findings findings;
  private final SuiteDescription suite;

  /** The strategies in the order of their colours, the baseline first. */
  private final List<String> strategies;

  private final Page page;

  private HtmlReport(Findings findings) {
    this.findings = findings;
    this.suite = findings.description();
    Set<String> ordered = new LinkedHashSet<>(List.of(suite.baseline()));
    findings.stories().forEach(s -> ordered.addAll(s.curves().keySet()));
    this.strategies = List.copyOf(ordered);
    this.page = new Page(suite.title());
  }

  static String of(Findings findings) {
    return new HtmlReport(findings).page();
  }

  private String page() {
    header();
    callout("Before you believe it", suite.warnings());
    if (!findings.negativeTransfer().isEmpty()) {
      section("card wide", "Negative transfer", this::negativeTransfer);
    }
    StoryCard card = new StoryCard(page, suite, strategies);
    findings.stories().forEach(card::add);
    failures();
    section("card wide", "What it cost", this::costs);
    section("How the verdicts were found", () -> page.list(Figures.method(findings)));
    section("How the arms were kept alike", () -> page.list(suite.fairness()));
    if (!findings.notes().isEmpty()) {
      section("What the strategies noted", () -> page.list(findings.notes()));
    }
    section("Where it ran", () -> page.environment(findings.environment()));
    section("Run it again", () -> page.commands(suite.reproduce()));
    return page.finish();
  }

  private void header() {
    add("<header>");
    add("<p class=\"kicker\">Graft benchmark · suite %s</p>", suite.name());
    add("<h1>%s</h1>", suite.title());
    add("<p class=\"lead\">%s</p>", Figures.headline(findings));
    add("<p>%s</p>", suite.text());
    if (finished() < findings.planned()) {
      add(
          "<p class=\"note\">%d of %d cells have a result. Run the suite again to finish it.</p>",
          finished(), findings.planned());
    }
    add("</header>");
  }

  private int finished() {
    return findings.stories().stream()
        .flatMap(s -> s.curves().values().stream())
        .flatMap(c -> c.values().stream())
        .mapToInt(Estimate::n)
        .sum();
  }

  private void callout(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      add("<aside class=\"callout\"><h2>%s</h2>", title);
      page.list(lines);
      add("</aside>");
    }
  }

  private void negativeTransfer() {
    add("<p>Here the pre-trained network is worth less than fresh weights:</p>");
    page.list(Figures.negativeTransfer(findings));
  }

  private void failures() {
    if (findings.failures().isEmpty()) {
      return;
    }
    section(
        "card wide",
        "Cells that failed",
        () -> {
          add(
              "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">cell</th>"
                  + "<th scope=\"col\">reason</th></tr></thead><tbody>");
          for (CellResult r : findings.failures()) {
            add(
                "<tr><th scope=\"row\">%s</th><td class=\"left\">%s</td></tr>",
                r.cell(), r.outcome().error());
          }
          add("</tbody></table></div>");
        });
  }

  private void costs() {
    Set<String> phases = new LinkedHashSet<>();
    findings
        .stories()
        .forEach(s -> s.costs().values().forEach(c -> phases.addAll(c.seconds().keySet())));
    phases.remove("total");
    add("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">mean of a cell</th>");
    phases.forEach(p -> add("<th scope=\"col\">%s</th>", p));
    add(
        "<th scope=\"col\">total</th><th scope=\"col\">CPU</th><th scope=\"col\">peak memory</th>"
            + "<th scope=\"col\">feature cache</th></tr></thead><tbody>");
    for (Story story : findings.stories()) {
      story
          .costs()
          .forEach(
              (strategy, cost) -> {
                add(
                    "<tr><th scope=\"row\">%s <small>%s, %s</small></th>",
                    strategy, story.data(), story.model());
                for (String phase : phases) {
                  Double s = cost.seconds().get(phase);
                  add("<td>%s</td>", s == null ? "–" : Figures.seconds(s));
                }
                add(
                    "<td>%s</td><td>%s</td><td>%s</td><td class=\"left\">%s</td></tr>",
                    Figures.seconds(cost.seconds().getOrDefault("total", 0.0)),
                    cost.cpuSeconds() == 0 ? "–" : Figures.seconds(cost.cpuSeconds()),
                    cost.peakMemoryMiB() == 0
                        ? "–"
                        : Figures.format("%.0f MiB", cost.peakMemoryMiB()),
                    cost.cache().entrySet().stream()
                        .map(c -> c.getValue() + " " + c.getKey())
                        .collect(Collectors.joining(", ")));
              });
    }
    add("</tbody></table></div>");
    add(
        "<p class=\"note\">Wall-clock and processor time; where several cells ran at once, processor"
            + " time is that of the cell's own thread. Memory is that of the whole process. Cache:"
            + " how many cells computed their features (cold), found them kept (warm), or kept"
            + " none.</p>");
  }

  private void section(String title, Runnable content) {
    section("card", title, content);
  }

  private void section(String kind, String title, Runnable content) {
    add("<section class=\"%s\"><h2>%s</h2>", kind, title);
    content.run();
    add("</section>");
  }

  /** Adds a line of markup in which the values are escaped. */
  private void add(String pattern, Object... values) {
    page.add(pattern, values);
  }
}
