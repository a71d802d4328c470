package dev.graft.benchmarks.digits;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.random.Seed;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * Drawn digits: the {@link Skeletons} with shaken points, turned, slanted and stretched, drawn with
 * a pen of random width on a 32x32 bitmap, and counted in 4x4 blocks as the makers of the UCI
 * optical digits did with their scans.
 *
 * <p>The settings below are a guess at handwriting that was written down before any result of
 * transfer had been computed, and they were not changed since. They must never be tuned on such a
 * result: the benchmark asks what synthetic data give when nobody has looked.
 */
public final class StrokeDigits {
  private static final int BITMAP = 32;
  private static final int BLOCK = BITMAP / DigitImages.SIDE;

  /** Standard deviation of each point of a skeleton, in heights of the digit. */
  private static final double SHAKE = 0.025;

  /** Standard deviation of the turn, in radians (about 7 degrees). */
  private static final double TURN = 0.12;

  /** Standard deviation of the slant: horizontal shift per height. */
  private static final double SLANT = 0.18;

  /** Standard deviation of the logarithm of the width. */
  private static final double STRETCH = 0.15;

  /** Smallest and largest width of the pen, in pixels of the bitmap. */
  private static final double THIN = 2.5;

  private static final double THICK = 5.0;

  /** Standard deviation of the place of the digit, in pixels of the bitmap. */
  private static final double SHIFT = 0.7;

  /** Chance that a pixel of the bitmap is wrong. */
  private static final double NOISE = 0.01;

  /** Empty pixels left above and below before the shift. */
  private static final double MARGIN = 1;

  private StrokeDigits() {}

  /** {@code perDigit} images of each digit, digit after digit in turn; the same for equal seeds. */
  public static Labeled<ClassLabels> generate(Seed seed, int perDigit) {
    byte[][] counts = new byte[10 * perDigit][];
    int[] digits = new int[counts.length];
    for (int i = 0; i < counts.length; i++) {
      digits[i] = i % 10;
      counts[i] = draw(digits[i], seed.derive("digit", i));
    }
    return DigitImages.labeled("generated stroke digits", counts, digits);
  }

  /** One image: counts of ink in blocks, 0 to 16, row by row. */
  private static byte[] draw(int digit, Seed seed) {
    List<List<List<Point>>> ways = Skeletons.of(digit);
    int way = (int) (seed.derive("way").uniform(0) * ways.size());
    List<List<Point>> strokes = fit(bend(ways.get(way), seed), seed.derive("shift"));
    double radius = (THIN + (THICK - THIN) * seed.derive("pen").uniform(0)) / 2;
    Seed noise = seed.derive("noise");
    byte[] counts = new byte[DigitImages.SIDE * DigitImages.SIDE];
    for (int y = 0; y < BITMAP; y++) {
      for (int x = 0; x < BITMAP; x++) {
        boolean ink = squaredDistance(strokes, x + 0.5, y + 0.5) <= radius * radius;
        boolean wrong = noise.uniform(y * BITMAP + x) < NOISE;
        counts[y / BLOCK * DigitImages.SIDE + x / BLOCK] += (byte) (ink != wrong ? 1 : 0);
      }
    }
    return counts;
  }

  /** Shakes every point, then slants, stretches and turns the whole. */
  private static List<List<Point>> bend(List<List<Point>> strokes, Seed seed) {
    double turn = TURN * seed.derive("turn").gaussian(0);
    double slant = SLANT * seed.derive("slant").gaussian(0);
    double stretch = Math.exp(STRETCH * seed.derive("stretch").gaussian(0));
    Seed shake = seed.derive("shake");
    int draw = 0;
    List<List<Point>> bent = new ArrayList<>();
    for (List<Point> stroke : strokes) {
      List<Point> points = new ArrayList<>();
      for (Point p : stroke) {
        double y = p.y() - 0.5 + SHAKE * shake.gaussian(draw++);
        double x = stretch * (p.x() - 0.5 + SHAKE * shake.gaussian(draw++)) - slant * y;
        points.add(
            new Point(
                x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn)));
      }
      bent.add(points);
    }
    return bent;
  }

  /** Scales to the height of the bitmap, as the scans were, centres, and shifts a little. */
  private static List<List<Point>> fit(List<List<Point>> strokes, Seed shift) {
    List<Point> all = strokes.stream().flatMap(List::stream).toList();
    DoubleSummaryStatistics x = all.stream().mapToDouble(Point::x).summaryStatistics();
    DoubleSummaryStatistics y = all.stream().mapToDouble(Point::y).summaryStatistics();
    double room = BITMAP - 2 * MARGIN - THICK;
    double scale = room / Math.max(y.getMax() - y.getMin(), x.getMax() - x.getMin());
    double left = BITMAP / 2.0 - scale * (x.getMin() + x.getMax()) / 2 + SHIFT * shift.gaussian(0);
    double top = BITMAP / 2.0 - scale * (y.getMin() + y.getMax()) / 2 + SHIFT * shift.gaussian(1);
    return strokes.stream()
        .map(
            s -> s.stream().map(p -> new Point(left + scale * p.x(), top + scale * p.y())).toList())
        .toList();
  }

  /** The squared distance from a place to the nearest line. */
  private static double squaredDistance(List<List<Point>> strokes, double x, double y) {
    double best = Double.MAX_VALUE;
    for (List<Point> stroke : strokes) {
      for (int i = 1; i < stroke.size(); i++) {
        best = Math.min(best, squaredDistance(stroke.get(i - 1), stroke.get(i), x, y));
      }
    }
    return best;
  }

  private static double squaredDistance(Point a, Point b, double x, double y) {
    double dx = b.x() - a.x();
    double dy = b.y() - a.y();
    double length = dx * dx + dy * dy;
    double t = length == 0 ? 0 : ((x - a.x()) * dx + (y - a.y()) * dy) / length;
    double along = Math.max(0, Math.min(1, t));
    double ox = x - a.x() - along * dx;
    double oy = y - a.y() - along * dy;
    return ox * ox + oy * oy;
  }
}
