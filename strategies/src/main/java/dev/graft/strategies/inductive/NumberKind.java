package dev.graft.strategies.inductive;

import dev.graft.data.RegressionTargets;
import dev.graft.graph.edit.Heads;
import dev.graft.strategies.linear.RidgeRegression;
import dev.graft.strategies.linear.Standardised;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import dev.graft.train.Objective;
import dev.graft.train.RegressionError;
import dev.graft.train.Regularization;
import dev.graft.transfer.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Numbers per example. A head is trained on standardised targets, so that rates and penalties mean
 * the same whatever the unit, and mean and deviation are folded into it afterwards.
 *
 * @param names of the numbers
 * @param mean of each in the training part
 * @param deviation of each in the training part; 1 for a number that never varies
 */
record NumberKind(List<String> names, List<Double> mean, List<Double> deviation)
    implements TargetKind<RegressionTargets> {

  static NumberKind of(RegressionTargets train) {
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    int n = train.size();
    for (int k = 0; k < train.names().size(); k++) {
      double sum = 0;
      for (float[] row : train.values()) {
        sum += row[k];
      }
      double squares = 0;
      for (float[] row : train.values()) {
        squares += (row[k] - sum / n) * (row[k] - sum / n);
      }
      means.add(sum / n);
      deviations.add(squares > 0 ? Math.sqrt(squares / n) : 1);
    }
    return new NumberKind(train.names(), means, deviations);
  }

  @Override
  public Output output() {
    return new Output.Numbers(names);
  }

  @Override
  public Objective objective(Regularization settings) {
    return new RegressionError(mean, deviation, settings.huber());
  }

  @Override
  public Optional<Map<String, HostTensor>> fit(
      HostTensor features,
      RegressionTargets targets,
      Regularization settings,
      Cancellation cancellation) {
    Standardised x = Standardised.jointly(features);
    double[][] y = new double[targets.size()][names.size()];
    for (int i = 0; i < y.length; i++) {
      for (int k = 0; k < y[i].length; k++) {
        y[i][k] = (targets.values()[i][k] - mean.get(k)) / deviation.get(k);
      }
    }
    return Optional.of(RidgeRegression.fit(x, y));
  }

  @Override
  public Map<String, HostTensor> inTargetUnits(Map<String, HostTensor> head) {
    HostTensor weight = head.get(Heads.WEIGHT);
    HostTensor bias = head.get(Heads.BIAS);
    if (weight == null || bias == null) {
      throw new IllegalStateException("a head without a last layer: " + head.keySet());
    }
    int in = weight.size() / names.size();
    Map<String, HostTensor> result = new HashMap<>(head);
    result.put(
        Heads.WEIGHT,
        HostTensor.fromDoubles(weight.type(), i -> weight.getDouble(i) * deviation.get(i / in)));
    result.put(
        Heads.BIAS,
        HostTensor.fromDoubles(
            bias.type(), k -> bias.getDouble(k) * deviation.get(k) + mean.get(k)));
    return result;
  }
}
