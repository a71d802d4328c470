package dev.graft.strategies.inductive;

import dev.graft.data.ClassLabels;
import dev.graft.strategies.linear.LogisticRegression;
import dev.graft.strategies.linear.Standardised;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import dev.graft.train.CrossEntropy;
import dev.graft.train.Objective;
import dev.graft.train.Regularization;
import dev.graft.transfer.Output;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One class per example: softmax, cross-entropy, logistic regression on frozen features. */
record ClassKind(ClassLabels train) implements TargetKind<ClassLabels> {
  @Override
  public Output output() {
    return new Output.Classes(train.classes());
  }

  @Override
  public Objective objective(Regularization settings) {
    return new CrossEntropy(
        train.classes().size(),
        settings.labelSmoothing(),
        settings.balancedClasses() ? CrossEntropy.balanced(train) : List.of());
  }

  @Override
  public Optional<Map<String, HostTensor>> fit(
      HostTensor features, ClassLabels labels, Regularization settings, Cancellation cancellation) {
    double[] weights = new double[labels.size()];
    List<Double> perClass = settings.balancedClasses() ? CrossEntropy.balanced(labels) : List.of();
    Arrays.setAll(weights, i -> perClass.isEmpty() ? 1 : perClass.get(labels.label(i)));
    Standardised x = Standardised.of(features);
    return Optional.of(
        LogisticRegression.softmax(
            x,
            labels.labels(),
            labels.classes().size(),
            weights,
            x.penalty(settings.headPenalty()),
            cancellation));
  }

  @Override
  public Optional<ClassLabels> strata() {
    return Optional.of(train);
  }
}
