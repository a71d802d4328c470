package dev.graft.train;

import dev.graft.model.GraphModel;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A trained model and how it came about.
 *
 * @param model the model with the best parameters by validation error, the later ones of equals;
 *     the last ones where there is no validation part
 * @param epochs one entry per epoch
 * @param bestEpoch the epoch, from 1, that the parameters are of; 0 for those of the start
 * @param ending why training ended
 */
public record TrainingResult(GraphModel model, List<Epoch> epochs, int bestEpoch, Ending ending) {
  public TrainingResult {
    epochs = List.copyOf(epochs);
  }

  /** Why training ended. */
  public enum Ending {
    EPOCHS_DONE,
    STOPPED_EARLY,
    CANCELLED
  }

  /**
   * One pass over the training examples.
   *
   * @param trainLoss the mean loss of the epoch's steps
   * @param validationLoss the loss on the validation part after the epoch
   * @param validationError the error on it by which epochs are compared; see {@link
   *     Objective#errors}
   */
  public record Epoch(
      double trainLoss, OptionalDouble validationLoss, OptionalDouble validationError) {}
}
