package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.statistics.TransferGains;
import dev.graft.benchmarks.suite.SuiteDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The part of an HTML report about one task with one network: curves, verdicts, gains, numbers. */
final class StoryCard {
  private final Page page;
  private final SuiteDescription suite;
  private final List<String> strategies;

  /**
   * @param page where the cards go
   * @param strategies in the order of their colours
   */
  StoryCard(Page page, SuiteDescription suite, List<String> strategies) {
    this.page = page;
    this.suite = suite;
    this.strategies = strategies;
  }

  /** Adds the card of one story. */
  void add(Story story) {
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
    page.raw(CurveChart.overLabels(title, story.curves(), strategies).svg());
    if (!story.rows().isEmpty()) {
      answers(story);
      verdicts(story);
    }
    gains(story);
    story.steps().ifPresent(s -> steps(story, s));
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
    add("<table class=\"gains\"><thead><tr><th scope=\"col\">gain over %s</th>", suite.baseline());
    story.gains().keySet().forEach(s -> add("<th scope=\"col\">%s</th>", s));
    add("</tr></thead><tbody>");
    gain(story, "jumpstart", g -> Figures.points(g.jumpstart()));
    gain(story, "slope, per doubling", g -> Figures.points(g.slope()));
    gain(story, "asymptote", g -> Figures.points(g.asymptote()));
    gain(story, "area ratio", g -> Figures.points(g.areaRatio()) + " %");
    gain(story, "labels to target", g -> Figures.labelsToTarget(story, g));
    add("</tbody></table>");
    double target = story.gains().values().iterator().next().target();
    add(
        "<p class=\"note\">Points of %s. Jumpstart and asymptote: gain at the fewest and the most"
            + " labels. Target: the %s %% that %s reaches with the most labels.</p>",
        suite.metric(), Figures.percent(target), suite.baseline());
  }

  private void gain(Story story, String name, Function<TransferGains, String> value) {
    add("<tr><th scope=\"row\">%s</th>", name);
    story.gains().values().forEach(g -> add("<td>%s</td>", value.apply(g)));
    add("</tr>");
  }

  private void steps(Story story, StepCurves steps) {
    add("<h3>Step by step</h3>");
    add(
        "<p class=\"axis-title\">%s while training %s</p>",
        steps.metric(), Figures.withLabels(steps.labelsPerClass()));
    String title = "Training curves for " + story.data() + ": " + steps.metric() + " by steps";
    page.raw(CurveChart.overSteps(title, steps, strategies).svg());
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
    add("</tbody></table></div>");
    metrics(story);
    calibration(story);
    add("</details>");
  }

  private void calibration(Story story) {
    if (story.calibration().isEmpty()) {
      return;
    }
    add("<h3>Can its probabilities be believed?</h3>");
    add(
        "<p class=\"axis-title\">how often answers are right, by how sure the model is; on the"
            + " diagonal both agree</p>");
    String title = "Reliability diagram for " + story.data();
    page.raw(CurveChart.overConfidence(title, story.calibration(), strategies).svg());
  }

  /** Every metric that the evaluators gave, with the most labels. */
  private void metrics(Story story) {
    add("<h3>Every metric, with the most labels</h3>");
    add("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">mean over seeds</th>");
    story.metrics().keySet().forEach(strategy -> add("<th scope=\"col\">%s</th>", strategy));
    add("</tr></thead><tbody>");
    Set<String> names = new TreeSet<>();
    story.metrics().values().forEach(m -> names.addAll(m.keySet()));
    for (String name : names) {
      add("<tr><th scope=\"row\">%s</th>", name);
      for (SortedMap<String, Estimate> metrics : story.metrics().values()) {
        Estimate e = metrics.get(name);
        add(
            "<td>%s</td>",
            e == null
                ? "–"
                : Figures.format("%.3f", e.mean())
                    + (e.n() == 1 ? "" : Figures.format(" ± %.3f", e.margin())));
      }
      add("</tr>");
    }
    add("</tbody></table></div>");
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

  /** Adds a line of markup in which the values are escaped. */
  private void add(String pattern, Object... values) {
    page.add(pattern, values);
  }
}
