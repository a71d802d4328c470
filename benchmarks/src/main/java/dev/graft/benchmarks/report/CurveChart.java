package dev.graft.benchmarks.report;

import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.eval.Calibration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;

/**
 * Learning curves as inline SVG: a line, marks and a band of 95 % confidence per strategy. Colours
 * come from the page's style sheet by class, so that the picture follows light and dark; line
 * styles and marks differ as well, for readers who do not see the colours.
 */
final class CurveChart {
  private static final double WIDTH = 520;
  private static final double HEIGHT = 330;
  private static final double LEFT = 46;
  private static final double RIGHT = 14;
  private static final double TOP = 12;
  private static final double BOTTOM = 44;

  /** More points than this are drawn without marks. */
  private static final int MARKED = 12;

  private final String title;
  private final Map<String, SortedMap<Integer, Estimate>> curves;
  private final List<String> styles;
  private final Horizontal horizontal;
  private final Vertical vertical;

  private CurveChart(
      String title,
      Map<String, SortedMap<Integer, Estimate>> curves,
      List<String> styles,
      Horizontal horizontal,
      Vertical vertical) {
    this.title = title;
    this.curves = curves;
    this.styles = styles;
    this.horizontal = horizontal;
    this.vertical = vertical;
  }

  /**
   * Shares over the logarithm of the labels per class.
   *
   * @param title what the picture shows, for readers who hear it
   * @param curves by labels per class, by strategy
   * @param styles the strategies in the order of their colours
   */
  static CurveChart overLabels(
      String title, Map<String, SortedMap<Integer, Estimate>> curves, List<String> styles) {
    TreeSet<Integer> labels = new TreeSet<>(Findings.BY_LABELS);
    curves.values().forEach(c -> labels.addAll(c.keySet()));
    SortedMap<Integer, String> ticks = new TreeMap<>(Findings.BY_LABELS);
    labels.forEach(l -> ticks.put(l, Figures.labels(l)));
    Horizontal horizontal =
        new Horizontal(
            "labels per class",
            ticks,
            place(labels.first(), labels),
            place(labels.last(), labels),
            l -> place(l, labels));
    return new CurveChart(title, curves, styles, horizontal, Vertical.of(curves, true));
  }

  /** A metric over the steps of training; parameters as for labels. */
  static CurveChart overSteps(String title, StepCurves steps, List<String> styles) {
    Map<String, SortedMap<Integer, Estimate>> curves = steps.curves();
    int last = curves.values().stream().mapToInt(SortedMap::lastKey).max().orElseThrow();
    SortedMap<Integer, String> ticks = new TreeMap<>();
    int tick = (int) Math.max(1, roundTick(last / 5.0));
    for (int step = 0; step <= last; step += tick) {
      ticks.put(step, Integer.toString(step));
    }
    Horizontal horizontal = new Horizontal("steps", ticks, 0, last, s -> s);
    return new CurveChart(title, curves, styles, horizontal, Vertical.of(curves, false));
  }

  /**
   * How often predictions are right over how sure they are, with the diagonal on which both agree
   * (the reliability diagram of DeGroot and Fienberg 1983).
   */
  static CurveChart overConfidence(
      String title, Map<String, List<Calibration.Bin>> calibration, List<String> styles) {
    Map<String, SortedMap<Integer, Estimate>> curves = new LinkedHashMap<>();
    calibration.forEach(
        (strategy, bins) -> {
          SortedMap<Integer, Estimate> curve = new TreeMap<>();
          bins.forEach(
              b -> curve.put((int) Math.round(100 * b.confidence()), Estimate.of(b.accuracy())));
          curves.put(strategy, curve);
        });
    SortedMap<Integer, String> ticks = new TreeMap<>();
    for (int percent = 0; percent <= 100; percent += 20) {
      ticks.put(percent, percent + "%");
    }
    Horizontal horizontal =
        new Horizontal("probability of the answer, in per cent", ticks, 0, 100, p -> p);
    return new CurveChart(title, curves, styles, horizontal, Vertical.DIAGONAL);
  }

  /**
   * The horizontal axis.
   *
   * @param ticks texts by value, ascending
   * @param first where the axis begins
   * @param last where it ends
   * @param place where a value stands, on that scale
   */
  private record Horizontal(
      String name,
      SortedMap<Integer, String> ticks,
      double first,
      double last,
      IntToDoubleFunction place) {
    double x(int value) {
      double left = LEFT + 14;
      double width = WIDTH - RIGHT - 14 - left;
      return first == last
          ? left + width / 2
          : left + width * (place.applyAsDouble(value) - first) / (last - first);
    }
  }

  /**
   * The vertical axis.
   *
   * @param shares whether values are shares, shown in per cent
   */
  private record Vertical(double low, double high, double tick, boolean shares) {
    /** All shares, for a square picture with its diagonal. */
    static final Vertical DIAGONAL = new Vertical(0, 1, 0.2, true);

    static Vertical of(Map<String, SortedMap<Integer, Estimate>> curves, boolean shares) {
      double least = Double.POSITIVE_INFINITY;
      double most = 0;
      for (SortedMap<Integer, Estimate> curve : curves.values()) {
        for (Estimate e : curve.values()) {
          least = Math.min(least, e.low());
          most = Math.max(most, e.high());
        }
      }
      double tick = roundTick(Math.max(most - least, 0.02) / 5);
      double low = Math.max(0, Math.floor(least / tick) * tick);
      double high = Math.ceil(most / tick) * tick;
      return new Vertical(low, shares ? Math.min(1, high) : high, tick, shares);
    }

    double y(double value) {
      double v = Math.max(low, Math.min(high, value));
      return TOP + (HEIGHT - TOP - BOTTOM) * (high - v) / (high - low);
    }

    String text(double value) {
      return shares
          ? Figures.format("%.0f%%", 100 * value)
          : Figures.format(tick < 0.1 ? "%.2f" : "%.1f", value);
    }
  }

  /** The next of 1, 2, 5, 10, 20 ... (times a power of ten) from a distance. */
  private static double roundTick(double distance) {
    double power = Math.pow(10, Math.floor(Math.log10(distance)));
    double lead = distance / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  /** Where a number of labels stands: its logarithm; "all" one doubling beyond the largest. */
  private static double place(int label, TreeSet<Integer> labels) {
    if (label != Cell.ALL) {
      return Math.log(label) / Math.log(2);
    }
    Integer before = labels.lower(label);
    return before == null ? 0 : place(before, labels) + 1;
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
    if (vertical == Vertical.DIAGONAL) {
      line(
          s,
          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
          horizontal.x(0),
          horizontal.x(100),
          vertical.y(0),
          vertical.y(1));
    }
    curves.forEach((strategy, curve) -> band(s, styles.indexOf(strategy), curve));
    curves.forEach((strategy, curve) -> curve(s, strategy, styles.indexOf(strategy), curve));
    return s.append("</svg>\n").toString();
  }

  private void grid(StringBuilder s) {
    for (double v = vertical.low; v <= vertical.high + vertical.tick / 2; v += vertical.tick) {
      line(
          s,
          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
          LEFT,
          WIDTH - RIGHT,
          vertical.y(v),
          vertical.y(v));
      line(
          s,
          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8,
          vertical.y(v) + 4,
          vertical.text(v));
    }
    horizontal.ticks.forEach(
        (value, text) ->
            line(
                s,
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                horizontal.x(value),
                HEIGHT - BOTTOM + 19,
                text));
    line(
        s,
        "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
        (LEFT + WIDTH - RIGHT) / 2,
        HEIGHT - 6,
        horizontal.name);
  }

  private void band(StringBuilder s, int style, SortedMap<Integer, Estimate> curve) {
    StringBuilder there = new StringBuilder();
    StringBuilder back = new StringBuilder();
    curve.forEach(
        (at, e) -> {
          double x = horizontal.x(at);
          there.append(Figures.format("%.1f,%.1f ", x, vertical.y(e.high())));
          back.insert(0, Figures.format("%.1f,%.1f ", x, vertical.y(e.low())));
        });
    line(s, "<polygon class=\"band c%d\" points=\"%s\"/>", style, there.append(back).toString());
  }

  private void curve(
      StringBuilder s, String strategy, int style, SortedMap<Integer, Estimate> curve) {
    StringBuilder points = new StringBuilder();
    curve.forEach(
        (at, e) ->
            points.append(Figures.format("%.1f,%.1f ", horizontal.x(at), vertical.y(e.mean()))));
    line(s, "<polyline class=\"curve c%d\" points=\"%s\"/>", style, points);
    if (curve.size() > MARKED) {
      return;
    }
    curve.forEach(
        (at, e) ->
            line(
                s,
                "<g class=\"mark c%d\"><title>%s, %s %s: %s</title>%s</g>",
                style,
                Html.escape(strategy),
                horizontal.ticks.getOrDefault(at, at.toString()),
                horizontal.name,
                vertical.shares ? Figures.percent(e) + " %" : Figures.format("%.3f", e.mean()),
                mark(style, horizontal.x(at), vertical.y(e.mean()))));
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

  private static void line(StringBuilder s, String pattern, Object... values) {
    s.append(Figures.format(pattern, values)).append('\n');
  }
}
