package dev.graft.cli;

import dev.graft.strategies.training.RateCurve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;

/** Draws the losses of a range test over the logarithm of the learning rate, as an SVG file. */
final class RatePlot {
  private static final double WIDTH = 640;
  private static final double HEIGHT = 360;
  private static final double MARGIN = 48;

  private final RateCurve curve;
  private final double low;
  private final double high;

  private RatePlot(RateCurve curve) {
    this.curve = curve;
    this.low = Collections.min(curve.losses());
    this.high = Math.max(Collections.max(curve.losses()), low + 1e-9);
  }

  static void write(RateCurve curve, Path file) throws IOException {
    Files.writeString(file, new RatePlot(curve).svg());
  }

  private double x(double rate) {
    double first = Math.log(curve.rates().get(0));
    double last = Math.log(curve.rates().get(curve.rates().size() - 1));
    return MARGIN + (Math.log(rate) - first) / (last - first) * (WIDTH - 2 * MARGIN);
  }

  private double y(double loss) {
    return HEIGHT - MARGIN - (loss - low) / (high - low) * (HEIGHT - 2 * MARGIN);
  }

  private String svg() {
    StringBuilder s = new StringBuilder();
    add(s, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\"", WIDTH, HEIGHT);
    s.append(" font-family=\"sans-serif\" font-size=\"12\">\n");
    add(s, "<rect width=\"%.0f\" height=\"%.0f\" fill=\"white\"/>%n", WIDTH, HEIGHT);
    double first = curve.rates().get(0);
    double last = curve.rates().get(curve.rates().size() - 1);
    for (double ten = Math.pow(10, Math.ceil(Math.log10(first) - 1e-9)); ten <= last; ten *= 10) {
      double x = x(ten);
      add(s, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"", x, x, MARGIN, y(low));
      s.append(" stroke=\"#ddd\"/>\n");
      text(s, x, HEIGHT - MARGIN + 16, "middle", String.format(Locale.ROOT, "%.0e", ten));
    }
    text(s, MARGIN - 6, y(low) + 4, "end", String.format(Locale.ROOT, "%.3g", low));
    text(s, MARGIN - 6, y(high) + 4, "end", String.format(Locale.ROOT, "%.3g", high));
    text(s, WIDTH / 2, HEIGHT - 10, "middle", "learning rate");
    text(s, MARGIN, MARGIN - 14, "start", "loss, smoothed");
    double best = x(Math.max(curve.suggestion(), first));
    add(s, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"", best, best, MARGIN, y(low));
    s.append(" stroke=\"#c33\" stroke-dasharray=\"4 3\"/>\n");
    String label = String.format(Locale.ROOT, "a good rate: %.2g", curve.suggestion());
    text(s, best, MARGIN - 14, "middle", label);
    s.append("<polyline fill=\"none\" stroke=\"#246\" stroke-width=\"2\" points=\"");
    for (int i = 0; i < curve.rates().size(); i++) {
      add(s, "%.1f,%.1f ", x(curve.rates().get(i)), y(curve.losses().get(i)));
    }
    return s.append("\"/>\n</svg>\n").toString();
  }

  private static void text(StringBuilder s, double x, double y, String anchor, String text) {
    add(s, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text);
  }

  private static void add(StringBuilder s, String format, Object... values) {
    s.append(String.format(Locale.ROOT, format, values));
  }
}
