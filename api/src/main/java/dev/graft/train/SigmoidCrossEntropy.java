package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.DataException;
import dev.graft.data.MultiLabelTargets;
import dev.graft.data.Targets;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Cross-entropy between the sigmoid of the model's first output, {@code [batch, labels]}, and which
 * labels an example has: the mean over the labels, each a yes or no of its own.
 *
 * @param labelSmoothing how far the targets 0 and 1 are moved to one half, from 0 below 1
 * @param presentWeights a factor for the loss of each label where it is present; empty for none
 */
public record SigmoidCrossEntropy(double labelSmoothing, List<Double> presentWeights)
    implements Objective {
  private static final String PRESENT = "target/present";
  private static final String WEIGHT = "target/weight";

  public SigmoidCrossEntropy {
    presentWeights = List.copyOf(presentWeights);
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "labelSmoothing must be in [0, 1), but is " + labelSmoothing);
    }
  }

  /** Weights by which the present and the absent examples of every label count the same. */
  public static List<Double> balanced(MultiLabelTargets targets) {
    int n = targets.size();
    return Arrays.stream(targets.counts())
        .mapToObj(c -> c == 0 ? 1 : (n - c) / (double) c)
        .toList();
  }

  /** {@code w * (softplus(z) - t * z)}, softplus written so that no exponential overflows. */
  @Override
  public Value losses(GraphBuilder builder, List<Value> outputs) {
    Value z = outputs.get(0);
    Value target = builder.input(PRESENT, z.type());
    Value weight = builder.input(WEIGHT, z.type());
    Value softplus = z.op("Relu").add(z.op("Abs").neg().exp().add(1).log());
    return softplus.sub(target.mul(z)).mul(weight).mean(false, 1);
  }

  @Override
  public Map<String, HostTensor> feeds(Targets targets, Batch batch) {
    if (!(targets instanceof MultiLabelTargets labels)) {
      throw new DataException(
          "sigmoid cross-entropy needs sets of labels, but the targets are "
              + targets.getClass().getSimpleName());
    }
    int width = labels.classes().size();
    TensorType type = TensorType.of(DType.FLOAT32, batch.size(), width);
    boolean[][] present = labels.present();
    return Map.of(
        PRESENT,
        HostTensor.fromDoubles(
            type,
            i -> {
              double t = present[batch.positions()[i / width]][i % width] ? 1 : 0;
              return t * (1 - labelSmoothing) + labelSmoothing / 2;
            }),
        WEIGHT,
        HostTensor.fromDoubles(
            type,
            i ->
                presentWeights.isEmpty() || !present[batch.positions()[i / width]][i % width]
                    ? 1
                    : presentWeights.get(i % width)));
  }
}
