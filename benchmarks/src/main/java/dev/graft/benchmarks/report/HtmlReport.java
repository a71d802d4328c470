package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.statistics.TransferGains;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.SuiteDescription;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
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
    findings.stories().forEach(this::story);
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

  private void story(Story story) {
    add("<section class=\"card\">");
    add("<h2>%s</h2>", story.data());
    add(
        "<p class=\"sub\">%s · %s on %s · %s test examples</p>",
        story.model(), story.backend(), story.device(), story.testExamples());
    String text = suite.stories().get(story.data());
    if (text != null) {
      add("<p>%s</p>", text);
    }
    legend(story);
    String title =
        "Learning curves for " + story.data() + ": " + suite.metric() + " by labels per class";
    add("<p class=\"axis-title\">%s on the test part</p>", suite.metric());
    page.raw(new CurveChart(title, story.curves(), strategies).svg());
    if (!story.rows().isEmpty()) {
      answers(story);
      verdicts(story);
    }
    gains(story);
    numbers(story);
    add("</section>");
  }

  private void legend(Story story) {
    add("<p class=\"legend\">");
    for (String strategy : story.curves().keySet()) {
      int style = strategies.indexOf(strategy);
      page.raw(
          Figures.format(
              "<span><svg viewBox=\"0 0 30 14\" aria-hidden=\"true\">"
                  + "<line class=\"curve c%d\" x1=\"1\" x2=\"29\" y1=\"7\" y2=\"7\"/>"
                  + "<g class=\"mark c%d\">%s</g></svg>%s</span>%n",
              style, style, CurveChart.mark(style, 15, 7), Html.escape(strategy)));
    }
    add("</p>");
  }

  private List<String> arms(Story story) {
    return story.curves().keySet().stream().filter(s -> !s.equals(suite.baseline())).toList();
  }

  private void answers(Story story) {
    add("<ul class=\"answers\">");
    for (String strategy : arms(story)) {
      add("<li><b>%s</b> %s.</li>", strategy, Figures.sentence(story, strategy));
    }
    add("</ul>");
  }

  private void verdicts(Story story) {
    add(
        "<table class=\"verdicts\"><caption>Against %s, in points of %s</caption>",
        suite.baseline(), suite.metric());
    add("<thead><tr><th scope=\"col\">labels a class</th>");
    arms(story).forEach(s -> add("<th scope=\"col\">%s</th>", s));
    add("</tr></thead><tbody>");
    Set<Integer> labels = new TreeSet<>(Findings.BY_LABELS);
    story.rows().forEach(r -> labels.add(r.row().labelsPerClass()));
    for (int l : labels) {
      add("<tr><th scope=\"row\">%s</th>", Figures.labels(l));
      for (String strategy : arms(story)) {
        page.raw("<td>");
        story.row(strategy, l).ifPresent(this::pill);
        page.raw("</td>\n");
      }
      add("</tr>");
    }
    add("</tbody></table>");
  }

  private void pill(Comparison<Story.Row> row) {
    String kind = row.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-');
    page.raw(
        Figures.format(
            "<span class=\"pill %s\"><span aria-hidden=\"true\">%s</span> %s <b>%s</b></span>",
            kind,
            Figures.sign(row.verdict()),
            Html.escape(Figures.verdict(row)),
            Figures.points(row.gain().mean())));
  }

  private void gains(Story story) {
    if (story.gains().isEmpty()) {
      return;
    }
    add("<h3>The whole curve</h3>");
    add("<table><thead><tr><th scope=\"col\">gain over %s</th>", suite.baseline());
    story.gains().keySet().forEach(s -> add("<th scope=\"col\">%s</th>", s));
    add("</tr></thead><tbody>");
    gain(story, "jumpstart", g -> Figures.points(g.jumpstart()));
    gain(story, "slope, per doubling", g -> Figures.points(g.slope()));
    gain(story, "asymptote", g -> Figures.points(g.asymptote()));
    gain(story, "area ratio", g -> Figures.points(g.areaRatio()) + " %");
    gain(
        story,
        "labels to target",
        g ->
            g.labelsToTarget().isPresent()
                ? Figures.format("%.1f", g.labelsToTarget().getAsDouble())
                : "not reached");
    add("</tbody></table>");
    double target = story.gains().values().iterator().next().target();
    add(
        "<p class=\"note\">Points of %s. Jumpstart and asymptote: gain at the fewest and the most labels."
            + " Target: the %s %% that %s reaches with the most labels.</p>",
        suite.metric(), Figures.percent(target), suite.baseline());
  }

  private void gain(Story story, String name, Function<TransferGains, String> value) {
    add("<tr><th scope=\"row\">%s</th>", name);
    story.gains().values().forEach(g -> add("<td>%s</td>", value.apply(g)));
    add("</tr>");
  }

  private void numbers(Story story) {
    add("<details><summary>All numbers</summary><div class=\"scroll\"><table>");
    add(
        "<thead><tr><th scope=\"col\">labels</th><th scope=\"col\">strategy</th>"
            + "<th scope=\"col\">%s %%</th><th scope=\"col\">seeds</th><th scope=\"col\">gain</th>"
            + "<th scope=\"col\">dz</th><th scope=\"col\">p (Holm)</th>"
            + "<th scope=\"col\">p sign-flip</th></tr></thead><tbody>",
        suite.metric());
    Set<Integer> labels = new TreeSet<>(Findings.BY_LABELS);
    story.curves().values().forEach(c -> labels.addAll(c.keySet()));
    for (int l : labels) {
      for (Map.Entry<String, SortedMap<Integer, Estimate>> curve : story.curves().entrySet()) {
        Estimate e = curve.getValue().get(l);
        if (e != null) {
          number(l, curve.getKey(), e, story);
        }
      }
    }
    add("</tbody></table></div></details>");
  }

  private void number(int labels, String strategy, Estimate e, Story story) {
    List<String> cells = new ArrayList<>();
    cells.add(Figures.percent(e));
    cells.add(Integer.toString(e.n()));
    story
        .row(strategy, labels)
        .ifPresentOrElse(
            r -> {
              cells.add(Figures.points(r.gain()));
              cells.add(Figures.format("%.1f", r.dz()));
              cells.add(r.adjusted().map(Figures::pValue).orElse("–"));
              cells.add(r.signFlip().map(Figures::pValue).orElse("–"));
            },
            () -> cells.addAll(List.of("–", "–", "–", "–")));
    add(
        "<tr><th scope=\"row\">%s</th><td class=\"left\">%s</td>",
        Figures.labels(labels), strategy);
    cells.forEach(c -> add("<td>%s</td>", c));
    add("</tr>");
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
        "<th scope=\"col\">total</th><th scope=\"col\">peak memory</th>"
            + "<th scope=\"col\">feature cache</th></tr></thead><tbody>");
    for (Story story : findings.stories()) {
      story
          .costs()
          .forEach(
              (strategy, cost) -> {
                add("<tr><th scope=\"row\">%s <small>%s</small></th>", strategy, story.data());
                for (String phase : phases) {
                  Double s = cost.seconds().get(phase);
                  add("<td>%s</td>", s == null ? "–" : Figures.seconds(s));
                }
                add(
                    "<td>%s</td><td>%s</td><td class=\"left\">%s</td></tr>",
                    Figures.seconds(cost.seconds().getOrDefault("total", 0.0)),
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
        "<p class=\"note\">Wall-clock time with other cells running beside it; memory is that of"
            + " the whole process.</p>");
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
