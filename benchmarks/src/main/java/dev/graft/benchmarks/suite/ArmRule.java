package dev.graft.benchmarks.suite;

import dev.graft.train.TrainingSettings;
import java.util.Optional;

/** What a suite's arms do, by the names that their cells have. */
@FunctionalInterface
public interface ArmRule {
  /**
   * How an arm is trained.
   *
   * @param examples the number of labelled examples
   */
  TrainingSettings settings(String arm, int examples);

  /** The strategy of an arm. */
  default String strategy(String arm) {
    return arm;
  }

  /** The network that an arm starts from in place of the cell's; empty for the cell's. */
  default Optional<ModelSource> network(String arm) {
    return Optional.empty();
  }

  /** The value that an arm's head goes on; empty for the network's own. */
  default Optional<String> cut(String arm) {
    return Optional.empty();
  }

  /**
   * The settings with as many epochs as it takes to make at least {@code steps} steps, so that arms
   * with few labels are trained as long as those with many.
   */
  static TrainingSettings forSteps(TrainingSettings settings, int steps, int examples) {
    int perEpoch = (examples + settings.batchSize() - 1) / settings.batchSize();
    return settings.withEpochs((steps + perEpoch - 1) / perEpoch);
  }
}
