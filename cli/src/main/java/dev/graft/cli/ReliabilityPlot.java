package dev.graft.cli;

import dev.graft.eval.Calibration;
import java.util.Locale;

/** Draws how often predictions of each probability were right, as an SVG picture. */
final class ReliabilityPlot {
  private static final double SIDE = 320;
  private static final double MARGIN = 44;

  private ReliabilityPlot() {}

  static String svg(Calibration calibration) {
    StringBuilder s = new StringBuilder();
    double whole = SIDE + 2 * MARGIN;
    add(s, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\"", whole, whole);
    s.append(" font-family=\"sans-serif\" font-size=\"12\">\n");
    add(s, "<rect width=\"%.0f\" height=\"%.0f\" fill=\"white\"/>%n", whole, whole);
    int largest = calibration.bins().stream().mapToInt(Calibration.Bin::count).max().orElse(1);
    double step = SIDE / calibration.bins().size();
    for (int b = 0; b < calibration.bins().size(); b++) {
      Calibration.Bin bin = calibration.bins().get(b);
      if (bin.count() > 0) {
        double height = bin.accuracy() * SIDE;
        add(
            s,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#36c\""
                + " fill-opacity=\"%.2f\"><title>%d predictions, probability %.3f, right %.3f"
                + "</title></rect>%n",
            MARGIN + b * step + 1,
            MARGIN + SIDE - height,
            step - 2,
            height,
            0.25 + 0.75 * bin.count() / largest,
            bin.count(),
            bin.confidence(),
            bin.accuracy());
      }
    }
    add(
        s,
        "<line x1=\"%.0f\" y1=\"%.0f\" x2=\"%.0f\" y2=\"%.0f\" stroke=\"#c33\""
            + " stroke-dasharray=\"4 3\"/>%n",
        MARGIN,
        MARGIN + SIDE,
        MARGIN + SIDE,
        MARGIN);
    text(s, MARGIN + SIDE / 2, whole - 12, "middle", "probability of the predicted class");
    text(s, MARGIN, MARGIN - 16, "start", "part of them that is right; darker bars count more");
    for (int tenth = 0; tenth <= 10; tenth += 5) {
      String label = String.format(Locale.ROOT, "%.1f", tenth / 10.0);
      text(s, MARGIN + SIDE * tenth / 10, MARGIN + SIDE + 16, "middle", label);
      text(s, MARGIN - 6, MARGIN + SIDE - SIDE * tenth / 10 + 4, "end", label);
    }
    return s.append("</svg>\n").toString();
  }

  private static void text(StringBuilder s, double x, double y, String anchor, String text) {
    add(s, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text);
  }

  private static void add(StringBuilder s, String format, Object... values) {
    s.append(String.format(Locale.ROOT, format, values));
  }
}
