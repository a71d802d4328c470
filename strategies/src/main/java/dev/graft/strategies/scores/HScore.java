package dev.graft.strategies.scores;

import dev.graft.data.ClassLabels;
import dev.graft.strategies.linear.Spectrum;
import dev.graft.transfer.TransferScore;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How much of the features' variance lies between the classes (Bao et al. 2019): {@code
 * tr(cov(f)^-1 cov(E[f|y]))}, from 0 to the number of classes less one. With as many features as
 * examples every set of labels gets the highest value, so it wants many examples.
 */
public final class HScore implements TransferScore {
  @Override
  public String name() {
    return "h-score";
  }

  @Override
  public String description() {
    return "variance of the features between the classes (Bao et al. 2019)";
  }

  /**
   * With centred features {@code F = U S V'} and the projection {@code P} on the class indicators,
   * the trace is that of {@code P U U'}: the part of each indicator that the features span.
   */
  @Override
  public Optional<Score> score(Evidence evidence) {
    ClassLabels labels = evidence.labels();
    Spectrum spectrum = Spectrum.of(evidence.features(), true);
    int[] counts = labels.counts();
    double score = 0;
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] > 0) {
        int of = c;
        double[] indicator =
            IntStream.of(labels.labels()).mapToDouble(l -> l == of ? 1 : 0).toArray();
        for (double p : spectrum.projections(indicator)) {
          score += p / counts[c];
        }
      }
    }
    return Optional.of(Score.of(score));
  }
}
