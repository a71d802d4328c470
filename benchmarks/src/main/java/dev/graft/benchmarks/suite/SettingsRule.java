package dev.graft.benchmarks.suite;

import dev.graft.train.TrainingSettings;

/** How each cell is trained. */
@FunctionalInterface
public interface SettingsRule {
  /**
   * @param strategy the strategy's name
   * @param examples the number of labelled examples
   */
  TrainingSettings settings(String strategy, int examples);

  /**
   * The settings with as many epochs as it takes to make at least {@code steps} steps, so that arms
   * with few labels are trained as long as those with many.
   */
  static TrainingSettings forSteps(TrainingSettings settings, int steps, int examples) {
    int perEpoch = (examples + settings.batchSize() - 1) / settings.batchSize();
    return settings.withEpochs((steps + perEpoch - 1) / perEpoch);
  }
}
