package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.suite.Cell;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Learning curves as inline SVG: a line, marks and a band of 95 % confidence per strategy, over the
 * logarithm of the labels per class. Colours come from the page's style sheet by class, so that the
 * picture follows light and dark; line styles and marks differ as well, for readers who do not see
 * the colours.
 */
final class CurveChart {
  private static final double WIDTH = 520;
  private static final double HEIGHT = 330;
  private static final double LEFT = 46;
  private static final double RIGHT = 14;
  private static final double TOP = 12;
  private static final double BOTTOM = 44;

  private final String title;
  private final Map<String, SortedMap<Integer, Estimate>> curves;
  private final List<String> styles;
  private final TreeSet<Integer> labels = new TreeSet<>(Findings.BY_LABELS);
  private final double low;
  private final double high;
  private final double tick;

  /**
   * @param title what the picture shows, for readers who hear it
   * @param curves shares by labels per class, by strategy
   * @param styles the strategies in the order of their colours
   */
  CurveChart(String title, Map<String, SortedMap<Integer, Estimate>> curves, List<String> styles) {
    this.title = title;
    this.curves = curves;
    this.styles = styles;
    double least = 1;
    double most = 0;
    for (SortedMap<Integer, Estimate> curve : curves.values()) {
      labels.addAll(curve.keySet());
      for (Estimate e : curve.values()) {
        least = Math.min(least, e.low());
        most = Math.max(most, e.high());
      }
    }
    double span = Math.max(most - least, 0.02);
    tick = span > 0.5 ? 0.2 : span > 0.25 ? 0.1 : span > 0.1 ? 0.05 : span > 0.05 ? 0.02 : 0.01;
    low = Math.max(0, Math.floor(least / tick) * tick);
    high = Math.min(1, Math.ceil(most / tick) * tick);
  }

  String svg() {
    StringBuilder s = new StringBuilder();
    line(
        s,
        "<svg class=\"chart\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
        WIDTH,
        HEIGHT,
        Html.escape(title));
    grid(s);
    curves.forEach((strategy, curve) -> band(s, styles.indexOf(strategy), curve));
    curves.forEach((strategy, curve) -> curve(s, strategy, styles.indexOf(strategy), curve));
    return s.append("</svg>\n").toString();
  }

  private void grid(StringBuilder s) {
    for (double v = low; v <= high + tick / 2; v += tick) {
      line(
          s,
          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
          LEFT,
          WIDTH - RIGHT,
          y(v),
          y(v));
      line(
          s,
          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.0f%%</text>",
          LEFT - 8,
          y(v) + 4,
          100 * v);
    }
    for (int l : labels) {
      line(
          s,
          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
          x(l),
          HEIGHT - BOTTOM + 19,
          Figures.labels(l));
    }
    line(
        s,
        "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">labels per class</text>",
        (LEFT + WIDTH - RIGHT) / 2,
        HEIGHT - 6);
  }

  private void band(StringBuilder s, int style, SortedMap<Integer, Estimate> curve) {
    StringBuilder there = new StringBuilder();
    StringBuilder back = new StringBuilder();
    curve.forEach(
        (l, e) -> {
          there.append(Figures.format("%.1f,%.1f ", x(l), y(e.high())));
          back.insert(0, Figures.format("%.1f,%.1f ", x(l), y(e.low())));
        });
    line(s, "<polygon class=\"band c%d\" points=\"%s\"/>", style, there.append(back).toString());
  }

  private void curve(
      StringBuilder s, String strategy, int style, SortedMap<Integer, Estimate> curve) {
    StringBuilder points = new StringBuilder();
    curve.forEach((l, e) -> points.append(Figures.format("%.1f,%.1f ", x(l), y(e.mean()))));
    line(s, "<polyline class=\"curve c%d\" points=\"%s\"/>", style, points);
    curve.forEach(
        (l, e) ->
            line(
                s,
                "<g class=\"mark c%d\"><title>%s, %s labels a class: %s %%</title>%s</g>",
                style,
                Html.escape(strategy),
                Figures.labels(l),
                Figures.percent(e),
                mark(style, x(l), y(e.mean()))));
  }

  /** A circle, a square, a triangle or a diamond. */
  static String mark(int style, double x, double y) {
    return switch (Math.floorMod(style, 4)) {
      case 0 -> Figures.format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x, y);
      case 1 ->
          Figures.format(
              "<rect x=\"%.1f\" y=\"%.1f\" width=\"7.4\" height=\"7.4\"/>", x - 3.7, y - 3.7);
      case 2 -> Figures.format("<path d=\"M%.1f %.1fl4.8 8.4h-9.6z\"/>", x, y - 5.2);
      default -> Figures.format("<path d=\"M%.1f %.1fl5 5l-5 5l-5 -5z\"/>", x, y - 5);
    };
  }

  private double x(int label) {
    double left = LEFT + 14;
    double width = WIDTH - RIGHT - 14 - left;
    return labels.size() == 1
        ? left + width / 2
        : left + width * (place(label) - place(labels.first())) / span();
  }

  private double span() {
    return place(labels.last()) - place(labels.first());
  }

  /** Where a number of labels stands: its logarithm; "all" one doubling beyond the largest. */
  private double place(int label) {
    if (label != Cell.ALL) {
      return Math.log(label) / Math.log(2);
    }
    Integer before = labels.lower(label);
    return before == null ? 0 : place(before) + 1;
  }

  private double y(double share) {
    double v = Math.max(low, Math.min(high, share));
    return TOP + (HEIGHT - TOP - BOTTOM) * (high - v) / (high - low);
  }

  private static void line(StringBuilder s, String pattern, Object... values) {
    s.append(Figures.format(pattern, values)).append('\n');
  }
}
