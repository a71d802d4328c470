package dev.graft.strategies.inductive;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.MultiLabelTargets;
import dev.graft.data.Preprocessing;
import dev.graft.data.RegressionTargets;
import dev.graft.data.SpanTargets;
import dev.graft.data.Targets;
import dev.graft.data.TokenLabels;
import dev.graft.graph.Graph;
import dev.graft.graph.Value;
import dev.graft.graph.edit.CutPoints;
import dev.graft.graph.edit.Heads;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import dev.graft.train.Objective;
import dev.graft.train.Regularization;
import dev.graft.transfer.Output;
import dev.graft.transfer.StrategyException;
import java.util.Map;
import java.util.Optional;

/**
 * What is particular to one kind of targets: the head, the objective, the fit in closed form where
 * there is one. Made from the training targets; strategies are written once over it.
 *
 * @param <T> the kind of targets
 */
interface TargetKind<T extends Targets> {
  /** What the model's output will mean. */
  Output output();

  /** The value that the head goes on, where the user names none. */
  default String cut(Graph graph) {
    return CutPoints.best(graph).value();
  }

  /** From the value cut at to what the head reads. */
  default Value features(Value cut) {
    return Heads.pool(cut);
  }

  /** The number of outputs of a linear head. */
  default int width() {
    return output().names().size();
  }

  /** The examples as a network reads them: the same, or parts of those that are too long for it. */
  default Labeled<T> read(Labeled<T> data, Preprocessing preprocessing) {
    return data;
  }

  /** What gradient training minimises. */
  Objective objective(Regularization settings);

  /**
   * The linear head that fits best, by store name; empty where there is no closed form or convex
   * problem, so that it is trained by gradients.
   *
   * @param features {@code [examples, width]}, with their targets in the same order
   */
  default Optional<Map<String, HostTensor>> fit(
      HostTensor features, T targets, Regularization settings, Cancellation cancellation) {
    return Optional.empty();
  }

  /** The parameters of a trained head so that its output is in the units of the targets. */
  default Map<String, HostTensor> inTargetUnits(Map<String, HostTensor> head) {
    return head;
  }

  /** Classes of which each part of a split should have its share; empty for a random split. */
  default Optional<ClassLabels> strata() {
    return Optional.empty();
  }

  /**
   * Refuses other targets than those of training in the validation part.
   *
   * @throws DataException if they differ
   */
  default void requireSame(T validation) {
    Output other = Output.of(validation);
    if (!output().equals(other)) {
      throw new DataException(
          "the training part has "
              + output()
              + ", the validation part "
              + other
              + "; they must be the same, in the same order");
    }
  }

  /** The kind of these targets. */
  @SuppressWarnings("unchecked") // each branch looked at the class
  static <T extends Targets> TargetKind<T> of(T targets, String data, String strategy) {
    TargetKind<?> kind;
    if (targets instanceof ClassLabels t) {
      kind = new ClassKind(t);
    } else if (targets instanceof MultiLabelTargets t) {
      kind = new LabelKind(t);
    } else if (targets instanceof RegressionTargets t) {
      kind = NumberKind.of(t);
    } else if (targets instanceof TokenLabels t) {
      kind = new TokenKind(t);
    } else if (targets instanceof SpanTargets) {
      kind = new SpanKind();
    } else {
      throw new StrategyException(
          strategy
              + " knows no head for the targets of '"
              + data
              + "', which are "
              + targets.getClass().getSimpleName());
    }
    return (TargetKind<T>) kind;
  }
}
