package dev.graft.benchmarks.digits;

import java.util.ArrayList;
import java.util.List;

/**
 * The ten digits as lines without width: each a few ways to write it, each way one or more
 * polylines of points (x, y) in the unit square, y pointing down.
 */
final class Skeletons {
  /** Degrees between the points of an arc. */
  private static final int ARC_STEP = 15;

  private Skeletons() {}

  /** The ways to write a digit. */
  static List<List<List<Point>>> of(int digit) {
    return switch (digit) {
      case 0 -> List.of(List.of(arc(0.50, 0.50, 0.30, 0.45, 0, 360)));
      case 1 ->
          List.of(
              List.of(line(0.50, 0.05, 0.50, 0.95)),
              List.of(line(0.30, 0.25, 0.52, 0.05, 0.52, 0.95)),
              List.of(line(0.30, 0.25, 0.52, 0.05, 0.52, 0.95), line(0.28, 0.95, 0.76, 0.95)));
      case 2 ->
          List.of(
              List.of(join(arc(0.50, 0.28, 0.28, 0.23, 190, 390), line(0.22, 0.95, 0.80, 0.95))));
      case 3 ->
          List.of(
              List.of(
                  join(
                      arc(0.45, 0.28, 0.28, 0.23, 200, 440),
                      arc(0.45, 0.73, 0.30, 0.22, 280, 520))));
      case 4 ->
          List.of(
              List.of(line(0.30, 0.05, 0.20, 0.55, 0.82, 0.55), line(0.66, 0.25, 0.60, 0.95)),
              List.of(line(0.60, 0.95, 0.65, 0.05, 0.15, 0.62, 0.85, 0.62)));
      case 5 ->
          List.of(
              List.of(
                  join(
                      line(0.75, 0.05, 0.30, 0.05, 0.27, 0.46),
                      arc(0.47, 0.67, 0.28, 0.27, 225, 510))));
      case 6 ->
          List.of(
              List.of(
                  join(
                      line(0.70, 0.05, 0.45, 0.22, 0.28, 0.48),
                      arc(0.49, 0.71, 0.25, 0.24, 180, 540))));
      case 7 ->
          List.of(
              List.of(line(0.20, 0.05, 0.80, 0.05, 0.42, 0.95)),
              List.of(line(0.20, 0.05, 0.80, 0.05, 0.42, 0.95), line(0.32, 0.50, 0.76, 0.50)));
      case 8 ->
          List.of(
              List.of(arc(0.50, 0.27, 0.22, 0.21, 90, 450), arc(0.50, 0.72, 0.27, 0.24, 270, 630)));
      case 9 ->
          List.of(
              List.of(
                  arc(0.48, 0.30, 0.24, 0.24, 0, 360), line(0.72, 0.30, 0.70, 0.60, 0.52, 0.95)),
              List.of(arc(0.48, 0.30, 0.24, 0.24, 0, 360), line(0.72, 0.30, 0.68, 0.95)));
      default -> throw new IllegalArgumentException("not a digit: " + digit);
    };
  }

  private static List<Point> line(double... xy) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < xy.length; i += 2) {
      points.add(new Point(xy[i], xy[i + 1]));
    }
    return points;
  }

  /** Part of an ellipse, clockwise in degrees from the right. */
  private static List<Point> arc(double cx, double cy, double rx, double ry, int from, int to) {
    List<Point> points = new ArrayList<>();
    for (int a = from; a <= to; a += ARC_STEP) {
      double radians = Math.toRadians(a);
      points.add(new Point(cx + rx * Math.cos(radians), cy + ry * Math.sin(radians)));
    }
    return points;
  }

  private static List<Point> join(List<Point> first, List<Point> second) {
    List<Point> points = new ArrayList<>(first);
    points.addAll(second);
    return points;
  }
}
