package dev.graft.benchmarks.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One arm against a baseline, pair by pair, and the verdict.
 *
 * @param row what was compared, as given
 * @param arm the metric of the arm over the seeds that both have
 * @param baseline the metric of the baseline over the same seeds
 * @param gain the differences, positive where the arm is better
 * @param dz the mean gain in standard deviations of the differences (Cohen 1988); 0 where all
 *     differences are equal
 * @param pValue of the {@link PairedTest}, uncorrected; empty with fewer than two pairs
 * @param adjusted the p-value after {@link Holm}; empty with fewer than two pairs
 * @param signFlip the p-value of the exact test, uncorrected; empty with fewer than two pairs
 * @param size the mean gain in words
 * @param verdict helps, no difference, hurts
 */
public record Comparison<R>(
    R row,
    Estimate arm,
    Estimate baseline,
    Estimate gain,
    double dz,
    Optional<Double> pValue,
    Optional<Double> adjusted,
    Optional<Double> signFlip,
    EffectSize size,
    Verdict verdict) {

  /**
   * Values to compare.
   *
   * @param row what they are
   * @param arm metric by seed
   * @param baseline metric by seed
   * @param step the smallest difference that the metric can show; 0 if it has no steps
   */
  public record Pairs<R>(R row, Map<Long, Double> arm, Map<Long, Double> baseline, double step) {
    List<Long> seeds() {
      TreeSet<Long> both = new TreeSet<>(arm.keySet());
      both.retainAll(baseline.keySet());
      return List.copyOf(both);
    }
  }

  /**
   * Compares all rows of one report, whose p-values are corrected together. Rows without a common
   * seed are left out.
   *
   * @param higherIsBetter whether more of the metric is better
   */
  public static <R> List<Comparison<R>> all(List<Pairs<R>> rows, boolean higherIsBetter) {
    List<Pairs<R>> usable = rows.stream().filter(r -> !r.seeds().isEmpty()).toList();
    List<Pairs<R>> tested = usable.stream().filter(r -> r.seeds().size() > 1).toList();
    double[] p =
        tested.stream()
            .mapToDouble(r -> PairedTest.pValue(gains(r, higherIsBetter), r.step()))
            .toArray();
    double[] adjusted = Holm.adjust(p);
    List<Comparison<R>> result = new ArrayList<>();
    for (Pairs<R> row : usable) {
      int i = tested.indexOf(row);
      result.add(
          i < 0 ? untested(row, higherIsBetter) : tested(row, higherIsBetter, p[i], adjusted[i]));
    }
    return result;
  }

  private static <R> Comparison<R> tested(
      Pairs<R> row, boolean higherIsBetter, double p, double adjusted) {
    double[] gains = gains(row, higherIsBetter);
    Estimate gain = Estimate.of(gains);
    return new Comparison<>(
        row.row(),
        estimate(row, row.arm()),
        estimate(row, row.baseline()),
        gain,
        gain.deviation() == 0 ? 0 : gain.mean() / gain.deviation(),
        Optional.of(p),
        Optional.of(adjusted),
        Optional.of(PairedTest.signFlip(gains)),
        EffectSize.of(gain.mean()),
        Verdict.of(gain.mean(), adjusted));
  }

  private static <R> Comparison<R> untested(Pairs<R> row, boolean higherIsBetter) {
    Estimate gain = Estimate.of(gains(row, higherIsBetter));
    return new Comparison<>(
        row.row(),
        estimate(row, row.arm()),
        estimate(row, row.baseline()),
        gain,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        EffectSize.of(gain.mean()),
        Verdict.UNTESTED);
  }

  private static Estimate estimate(Pairs<?> row, Map<Long, Double> values) {
    return Estimate.of(row.seeds().stream().mapToDouble(values::get).toArray());
  }

  private static double[] gains(Pairs<?> row, boolean higherIsBetter) {
    int sign = higherIsBetter ? 1 : -1;
    return row.seeds().stream()
        .mapToDouble(s -> sign * (row.arm().get(s) - row.baseline().get(s)))
        .toArray();
  }
}
