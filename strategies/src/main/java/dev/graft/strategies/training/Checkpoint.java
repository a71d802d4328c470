package dev.graft.strategies.training;

import dev.graft.graph.ParameterStore;
import dev.graft.train.TrainingResult.Epoch;
import java.util.List;

/**
 * All that a training run needs to go on as if it had not been interrupted. The order of examples
 * and the learning rate follow from the number of epochs done.
 *
 * @param history the epochs done
 * @param bestEpoch the epoch of the best parameters, from 1; 0 for those of the start
 * @param bestError their validation error
 * @param improvedEpoch the first epoch with that error
 * @param best those parameters; empty for those of the start
 * @param slots the state of the training programs
 */
record Checkpoint(
    List<Epoch> history,
    int bestEpoch,
    double bestError,
    int improvedEpoch,
    ParameterStore best,
    ParameterStore slots) {
  Checkpoint {
    history = List.copyOf(history);
  }
}
