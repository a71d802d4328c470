package dev.graft.transfer;

import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.model.PretrainedModel;
import java.util.Optional;

/**
 * A pre-trained network and labelled examples of the target task. There is no place for a test
 * part: what a model is judged by must not be seen while it is made.
 *
 * @param model the network to transfer
 * @param train the labelled target examples
 * @param validation examples that may decide when to stop; empty for none, in which case a strategy
 *     may hold back some of the training examples
 */
public record Inductive(
    PretrainedModel model, Labeled<?> train, Optional<? extends Labeled<?>> validation)
    implements TransferProblem {
  public Inductive {
    if (train.size() == 0) {
      throw new DataException("data set '" + train.examples().name() + "' has no examples");
    }
  }
}
