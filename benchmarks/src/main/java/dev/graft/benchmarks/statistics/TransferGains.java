package dev.graft.benchmarks.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleBiFunction;

/**
 * What a whole learning curve gains over another: higher start, higher slope, higher asymptote
 * (Torrey and Shavlik 2010), the ratio of areas (Taylor and Stone 2009), and the labels saved. The
 * horizontal axis is the binary logarithm of the labels per class.
 *
 * @param jumpstart gain at the fewest labels
 * @param slope gain in the slope, in metric per doubling of the labels
 * @param asymptote gain at the most labels
 * @param areaRatio area between the curves over the area under the baseline
 * @param labelsToTarget labels per class at which the mean curve of the arm reaches the mean of the
 *     baseline at its most labels; empty if it never does
 * @param target that mean of the baseline
 */
public record TransferGains(
    Estimate jumpstart,
    Estimate slope,
    Estimate asymptote,
    Estimate areaRatio,
    OptionalDouble labelsToTarget,
    double target) {

  /**
   * Compares two curves over the label counts and seeds that both have.
   *
   * @param arm for each number of labels per class (above zero) the metric by seed; more is better
   * @param baseline likewise
   * @throws IllegalArgumentException if they share fewer than two label counts or no seed
   */
  public static TransferGains of(
      Map<Integer, Map<Long, Double>> arm, Map<Integer, Map<Long, Double>> baseline) {
    TreeSet<Integer> labels = new TreeSet<>(arm.keySet());
    labels.retainAll(baseline.keySet());
    if (labels.size() < 2) {
      throw new IllegalArgumentException(
          "a learning curve needs two label counts that both arms have, but there are " + labels);
    }
    TreeSet<Long> common = new TreeSet<>(arm.get(labels.first()).keySet());
    for (int l : labels) {
      common.retainAll(arm.get(l).keySet());
      common.retainAll(baseline.get(l).keySet());
    }
    List<Long> seeds = List.copyOf(common);
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("no seed was run at every number of labels");
    }
    double[] x = labels.stream().mapToDouble(l -> Math.log(l) / Math.log(2)).toArray();
    ToDoubleBiFunction<double[], double[]> jumpstart = (a, b) -> a[0] - b[0];
    ToDoubleBiFunction<double[], double[]> asymptote = (a, b) -> a[a.length - 1] - b[b.length - 1];
    ToDoubleBiFunction<double[], double[]> slope = (a, b) -> slope(x, a) - slope(x, b);
    ToDoubleBiFunction<double[], double[]> area = (a, b) -> area(x, a) / area(x, b) - 1;
    Curves curves = new Curves(labels, seeds, arm, baseline);
    double target = curves.mean(baseline, labels.last());
    SortedMap<Integer, Double> mean = new TreeMap<>();
    labels.forEach(l -> mean.put(l, curves.mean(arm, l)));
    return new TransferGains(
        curves.perSeed(jumpstart),
        curves.perSeed(slope),
        curves.perSeed(asymptote),
        curves.perSeed(area),
        reaches(mean, target),
        target);
  }

  private record Curves(
      TreeSet<Integer> labels,
      List<Long> seeds,
      Map<Integer, Map<Long, Double>> arm,
      Map<Integer, Map<Long, Double>> baseline) {

    Estimate perSeed(ToDoubleBiFunction<double[], double[]> gain) {
      return Estimate.of(
          seeds.stream()
              .mapToDouble(s -> gain.applyAsDouble(curve(arm, s), curve(baseline, s)))
              .toArray());
    }

    double[] curve(Map<Integer, Map<Long, Double>> values, long seed) {
      return labels.stream().mapToDouble(l -> values.get(l).get(seed)).toArray();
    }

    double mean(Map<Integer, Map<Long, Double>> values, int label) {
      return seeds.stream().mapToDouble(s -> values.get(label).get(s)).average().orElseThrow();
    }
  }

  /** The slope of the least-squares line. */
  private static double slope(double[] x, double[] y) {
    double mx = Arrays.stream(x).average().orElseThrow();
    double my = Arrays.stream(y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - mx) * (y[i] - my);
      xx += (x[i] - mx) * (x[i] - mx);
    }
    return xy / xx;
  }

  /** The area by trapezoids. */
  private static double area(double[] x, double[] y) {
    double sum = 0;
    for (int i = 1; i < x.length; i++) {
      sum += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
    }
    return sum;
  }

  /** Where the curve first crosses the target, between label counts by linear interpolation. */
  private static OptionalDouble reaches(SortedMap<Integer, Double> curve, double target) {
    double before = Double.NaN;
    double beforeX = Double.NaN;
    for (Map.Entry<Integer, Double> point : curve.entrySet()) {
      double x = Math.log(point.getKey());
      double y = point.getValue();
      if (y >= target) {
        double share = Double.isNaN(before) ? 1 : (target - before) / (y - before);
        return OptionalDouble.of(
            Double.isNaN(before) ? point.getKey() : Math.exp(beforeX + share * (x - beforeX)));
      }
      before = y;
      beforeX = x;
    }
    return OptionalDouble.empty();
  }
}
