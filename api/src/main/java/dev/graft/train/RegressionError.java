package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.DataException;
import dev.graft.data.RegressionTargets;
import dev.graft.data.Targets;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Map;

/**
 * Half the squared difference between the model's first output, {@code [batch, numbers]}, and
 * standardised targets, or Huber's (1964), which grows linearly where the difference is large:
 * outliers then pull less. The mean over the numbers.
 *
 * @param mean of each number, which the model sees as 0
 * @param deviation of each number, which the model sees as 1
 * @param huber the difference, in deviations, from which the loss is linear; 0 for never
 */
public record RegressionError(List<Double> mean, List<Double> deviation, double huber)
    implements Objective {
  private static final String NUMBERS = "target/numbers";

  public RegressionError {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != deviation.size() || !(huber >= 0)) {
      throw new IllegalArgumentException(
          mean.size() + " means, " + deviation.size() + " deviations, huber " + huber);
    }
  }

  @Override
  public Value losses(GraphBuilder builder, List<Value> outputs) {
    Value output = outputs.get(0);
    Value error = output.sub(builder.input(NUMBERS, output.type()));
    Value half = error.square().mul(0.5);
    if (huber > 0) {
      Value size = error.op("Abs");
      Value linear = size.mul(huber).sub(0.5 * huber * huber);
      half = size.greater(size.constant(huber)).where(linear, half);
    }
    return half.mean(false, 1);
  }

  @Override
  public Map<String, HostTensor> feeds(Targets targets, Batch batch) {
    if (!(targets instanceof RegressionTargets numbers)) {
      throw new DataException(
          "regression needs numbers, but the targets are " + targets.getClass().getSimpleName());
    }
    int width = mean.size();
    return Map.of(
        NUMBERS,
        HostTensor.fromDoubles(
            TensorType.of(DType.FLOAT32, batch.size(), width),
            i ->
                (numbers.values()[batch.positions()[i / width]][i % width] - mean.get(i % width))
                    / deviation.get(i % width)));
  }
}
