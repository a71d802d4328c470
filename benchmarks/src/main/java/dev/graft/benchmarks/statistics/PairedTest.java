package dev.graft.benchmarks.statistics;

import java.util.Arrays;
import org.hipparchus.distribution.continuous.TDistribution;

/**
 * The paired t-test (Student 1908): do two arms, run with the same seeds, differ in the mean?
 *
 * <p>Why this test. Both arms of a pair see the same labelled examples and the same test part, so
 * only differences within a pair count. The usual rank and permutation tests have too few outcomes
 * at few seeds: with ten pairs the exact sign-flip test cannot give less than 2/1024 = 0.002, and
 * only where all ten signs agree, with five pairs not less than 0.06; once Holm has divided by the
 * number of rows they could never find anything. The t-test has no such floor, and what it assumes,
 * differences that are not far from normal, is reasonable for accuracies averaged over hundreds of
 * test examples. {@link #signFlip} is the check that needs no such assumption; reports say where
 * the two disagree.
 *
 * <p>What the p-value is about: other draws of labelled examples and initial weights <em>for these
 * data and this test part</em>. It says nothing of other data sets.
 */
public final class PairedTest {
  /** More pairs than this are too many to go through every sign. */
  private static final int EXACT = 20;

  private PairedTest() {}

  /**
   * The two-sided p-value of the t-test.
   *
   * @param differences one per seed, at least two
   * @param step the smallest difference the metric can show, such as one test example out of 900;
   *     the variance that this rounding hides (Sheppard 1898) is the least that is believed, so
   *     that a few equal differences are not taken for certainty; 0 if the metric has no steps
   */
  public static double pValue(double[] differences, double step) {
    int n = differences.length;
    if (n < 2) {
      throw new IllegalArgumentException("a paired test needs at least two pairs, but got " + n);
    }
    Estimate e = Estimate.of(differences);
    // Two values, each rounded to a step, differ with an error of variance 2 * step^2 / 12.
    double deviation = Math.max(e.deviation(), step / Math.sqrt(6));
    if (deviation == 0) {
      return e.mean() == 0 ? 1 : 0;
    }
    double t = Math.abs(e.mean()) / (deviation / Math.sqrt(n));
    return 2 * new TDistribution(n - 1.0).cumulativeProbability(-t);
  }

  /**
   * The two-sided p-value of the exact sign-flip test of the mean (Fisher 1935): the share of all
   * 2^n ways to swap the arms within pairs that give a mean at least as far from zero.
   *
   * @param differences one per seed, 2 to {@value #EXACT}; of more only the first are used
   */
  public static double signFlip(double[] differences) {
    double[] d = Arrays.copyOf(differences, Math.min(differences.length, EXACT));
    double observed = Math.abs(Arrays.stream(d).sum());
    double slack = 1e-12 * Arrays.stream(d).map(Math::abs).sum();
    int count = 0;
    for (int signs = 0; signs < 1 << d.length; signs++) {
      double sum = 0;
      for (int i = 0; i < d.length; i++) {
        sum += (signs >> i & 1) == 0 ? d[i] : -d[i];
      }
      count += Math.abs(sum) >= observed - slack ? 1 : 0;
    }
    return (double) count / (1 << d.length);
  }
}
