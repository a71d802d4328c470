package dev.graft.strategies.inductive;

import dev.graft.data.MultiLabelTargets;
import dev.graft.strategies.linear.LogisticRegression;
import dev.graft.strategies.linear.Standardised;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import dev.graft.train.Objective;
import dev.graft.train.Regularization;
import dev.graft.train.SigmoidCrossEntropy;
import dev.graft.transfer.Output;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Any number of labels per example: each a logistic regression of its own. */
record LabelKind(MultiLabelTargets train) implements TargetKind<MultiLabelTargets> {
  @Override
  public Output output() {
    return new Output.Labels(train.classes());
  }

  @Override
  public Objective objective(Regularization settings) {
    return new SigmoidCrossEntropy(settings.labelSmoothing(), weights(train, settings));
  }

  @Override
  public Optional<Map<String, HostTensor>> fit(
      HostTensor features,
      MultiLabelTargets targets,
      Regularization settings,
      Cancellation cancellation) {
    Standardised x = Standardised.of(features);
    return Optional.of(
        LogisticRegression.sigmoid(
            x,
            targets.present(),
            weights(targets, settings),
            x.penalty(settings.headPenalty()),
            cancellation));
  }

  private static List<Double> weights(MultiLabelTargets targets, Regularization settings) {
    return settings.balancedClasses() ? SigmoidCrossEntropy.balanced(targets) : List.of();
  }
}
