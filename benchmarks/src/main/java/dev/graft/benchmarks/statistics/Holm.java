package dev.graft.benchmarks.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Correction for many comparisons (Holm 1979): the chance that <em>any</em> verdict of a report is
 * wrong stays below the level, whatever the dependence between the rows.
 */
public final class Holm {
  private Holm() {}

  /** The adjusted p-values, in the order of the given ones. */
  public static double[] adjust(double... pValues) {
    int m = pValues.length;
    int[] order =
        IntStream.range(0, m)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> pValues[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] adjusted = new double[m];
    double running = 0;
    for (int rank = 0; rank < m; rank++) {
      running = Math.max(running, Math.min(1, (m - rank) * pValues[order[rank]]));
      adjusted[order[rank]] = running;
    }
    return adjusted;
  }
}
