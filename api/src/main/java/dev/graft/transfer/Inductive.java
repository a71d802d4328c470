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
 * @param cut the value of the network on which the new head goes; empty for the best one that
 *     {@link dev.graft.graph.edit.CutPoints} finds
 * @param head the new head: {@link #LINEAR}, {@link #MLP}, or the name of a {@link HeadFitter}
 */
public record Inductive(
    PretrainedModel model,
    Labeled<?> train,
    Optional<? extends Labeled<?>> validation,
    Optional<String> cut,
    String head)
    implements TransferProblem {
  /** One layer. */
  public static final String LINEAR = "linear";

  /** A hidden layer below it. */
  public static final String MLP = "mlp";

  public Inductive {
    if (train.size() == 0) {
      throw new DataException("data set '" + train.examples().name() + "' has no examples");
    }
  }

  /** A problem without a validation part, cut at the best value. */
  public static Inductive of(PretrainedModel model, Labeled<?> train) {
    return new Inductive(model, train, Optional.empty(), Optional.empty(), LINEAR);
  }

  /** A problem with a validation part, cut at the best value. */
  public static Inductive of(PretrainedModel model, Labeled<?> train, Labeled<?> validation) {
    return new Inductive(model, train, Optional.of(validation), Optional.empty(), LINEAR);
  }

  /** The same problem with the head on another value. */
  public Inductive cutAt(String value) {
    return new Inductive(model, train, validation, Optional.of(value), head);
  }

  /** The same problem with another head. */
  public Inductive withHead(String name) {
    return new Inductive(model, train, validation, cut, name);
  }
}
