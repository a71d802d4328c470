package dev.graft.strategies.scores;

import dev.graft.data.ClassLabels;
import dev.graft.data.Splits;
import dev.graft.graph.edit.Heads;
import dev.graft.strategies.linear.LogisticRegression;
import dev.graft.strategies.linear.Standardised;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import dev.graft.train.Regularization;
import dev.graft.train.TensorExamples;
import dev.graft.transfer.TransferScore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The accuracy of a linear head on the features, cross-validated in five stratified parts. */
public final class LinearProbe implements TransferScore {
  private static final int FOLDS = 5;

  @Override
  public String name() {
    return "linear-probe";
  }

  @Override
  public String description() {
    return "accuracy of a linear head on the features, cross-validated";
  }

  @Override
  public Optional<Score> score(Evidence evidence) {
    ClassLabels labels = evidence.labels();
    double[] shares = new double[FOLDS];
    Arrays.fill(shares, 1.0 / FOLDS);
    List<int[]> folds = Splits.stratified(labels, evidence.seed().derive("folds"), shares);
    double[] hits = new double[labels.size()];
    for (int[] fold : folds) {
      boolean[] held = new boolean[labels.size()];
      for (int i : fold) {
        held[i] = true;
      }
      int[] rest = IntStream.range(0, held.length).filter(i -> !held[i]).toArray();
      if (rest.length > 0 && fold.length > 0) {
        probe(evidence.features(), labels, rest, fold, hits);
      }
    }
    return Optional.of(Score.mean(hits));
  }

  private static void probe(
      HostTensor features, ClassLabels labels, int[] train, int[] test, double[] hits) {
    Standardised x = Standardised.of(TensorExamples.rows(features, train));
    double[] weights = new double[train.length];
    Arrays.fill(weights, 1);
    int classes = labels.classes().size();
    Map<String, HostTensor> head =
        LogisticRegression.softmax(
            x,
            labels.subset(train).labels(),
            classes,
            weights,
            x.penalty(Regularization.DEFAULT.headPenalty()),
            Cancellation.NEVER);
    float[] weight = head.get(Heads.WEIGHT).toFloats();
    float[] bias = head.get(Heads.BIAS).toFloats();
    int width = x.width();
    for (int i : test) {
      int best = 0;
      double largest = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        double z = bias[k];
        for (int j = 0; j < width; j++) {
          z += weight[k * width + j] * features.getDouble(i * width + j);
        }
        if (z > largest) {
          largest = z;
          best = k;
        }
      }
      hits[i] = best == labels.label(i) ? 1 : 0;
    }
  }
}
