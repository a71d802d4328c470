package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Targets;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Cross-entropy between the softmax of the model's first output, {@code [batch, classes]}, and a
 * target distribution that is made on the host: label smoothing (Szegedy et al. 2016) and class
 * weights change no graph.
 *
 * @param classes the number of classes
 * @param labelSmoothing the probability that is spread over all classes, from 0 (none) below 1
 * @param classWeights a factor for the loss of each class's examples; empty for none
 */
public record CrossEntropy(int classes, double labelSmoothing, List<Double> classWeights)
    implements Objective {
  private static final String DISTRIBUTION = "target/distribution";

  public CrossEntropy {
    classWeights = List.copyOf(classWeights);
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "labelSmoothing must be in [0, 1), but is " + labelSmoothing);
    }
    if (!classWeights.isEmpty() && classWeights.size() != classes) {
      throw new IllegalArgumentException(
          classes + " classes but " + classWeights.size() + " class weights");
    }
  }

  public static CrossEntropy of(int classes) {
    return new CrossEntropy(classes, 0, List.of());
  }

  /**
   * Weights that let every class count the same, whatever its number of examples; their mean over
   * the examples is one.
   */
  public static List<Double> balanced(ClassLabels labels) {
    int[] counts = labels.counts();
    long present = Arrays.stream(counts).filter(c -> c > 0).count();
    return Arrays.stream(counts)
        .mapToObj(c -> c == 0 ? 0 : labels.size() / (double) (present * c))
        .toList();
  }

  @Override
  public Value losses(GraphBuilder builder, List<Value> outputs) {
    Value logits = outputs.get(0);
    if (logits.rank() != 2 || !logits.shape().dim(1).is(classes)) {
      throw new GraphException(
          "cross-entropy over "
              + classes
              + " classes needs an output [batch, "
              + classes
              + "], but '"
              + logits.name()
              + "' is "
              + logits.type()
              + ". Replace the head.");
    }
    Value target = builder.input(DISTRIBUTION, logits.type());
    Value logProbability = builder.op("LogSoftmax", Attributes.of("axis", 1), logits);
    return target.mul(logProbability).sum(false, 1).neg();
  }

  /**
   * Whether the largest logit is that of another class, weighted as the loss is. The loss itself
   * would choose too early an epoch: while more and more examples come out right, it rises with the
   * confidence in those that do not (Guo et al. 2017, section 3).
   */
  @Override
  public Value errors(GraphBuilder builder, List<Value> outputs, Value losses) {
    Attributes overClasses = Attributes.of("axis", 1, "keepdims", 0);
    Value target = builder.value(DISTRIBUTION);
    Value predicted = builder.op("ArgMax", overClasses, outputs.get(0));
    Value right = builder.op("Equal", predicted, builder.op("ArgMax", overClasses, target));
    Value weight = target.sum(false, 1);
    return builder.op("Not", right).cast(weight.dtype()).mul(weight);
  }

  @Override
  public Map<String, HostTensor> feeds(Targets targets, Batch batch) {
    if (!(targets instanceof ClassLabels labels)) {
      throw new DataException(
          "cross-entropy needs class labels, but the targets are "
              + targets.getClass().getSimpleName());
    }
    int[] positions = batch.positions();
    TensorType type = TensorType.of(DType.FLOAT32, positions.length, classes);
    return Map.of(
        DISTRIBUTION,
        HostTensor.fromDoubles(
            type, i -> probability(labels.label(positions[i / classes]), i % classes)));
  }

  private double probability(int label, int k) {
    double smooth = labelSmoothing / classes;
    double p = k == label ? 1 - labelSmoothing + smooth : smooth;
    return classWeights.isEmpty() ? p : p * classWeights.get(label);
  }
}
