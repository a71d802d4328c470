package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.DataException;
import dev.graft.data.Targets;
import dev.graft.data.TokenAlignment;
import dev.graft.data.TokenLabels;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Map;

/**
 * Cross-entropy between the softmax of the model's first output, {@code [batch, tokens, classes]},
 * and the class of the word that begins at a token. Other tokens, and padding, do not count; the
 * mean over the words of an example.
 *
 * @param classes the number of classes
 * @param labelSmoothing the probability that is spread over all classes, from 0 (none) below 1
 */
public record TokenCrossEntropy(int classes, double labelSmoothing) implements Objective {
  private static final String DISTRIBUTION = "target/distribution";

  @Override
  public Value losses(GraphBuilder builder, List<Value> outputs) {
    Value logits = outputs.get(0);
    Value target = builder.input(DISTRIBUTION, logits.type());
    Value logProbability = builder.op("LogSoftmax", Attributes.of("axis", 2), logits);
    return target.mul(logProbability).sum(false, 1, 2).neg();
  }

  @Override
  public Map<String, HostTensor> feeds(Targets targets, Batch batch) {
    if (!(targets instanceof TokenLabels labels)) {
      throw new DataException(
          "token cross-entropy needs a class per word, but the targets are "
              + targets.getClass().getSimpleName());
    }
    long[] words = TokenAlignment.of(batch.inputs(), TokenAlignment.WORDS);
    int tokens = words.length / batch.size();
    float[] distribution = new float[words.length * classes];
    for (int t = 0; t < words.length; t++) {
      int[] tags = labels.labels()[batch.positions()[t / tokens]];
      if (words[t] >= 0 && words[t] < tags.length) {
        for (int k = 0; k < classes; k++) {
          double p =
              (k == tags[(int) words[t]] ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
          distribution[t * classes + k] = (float) (p / tags.length);
        }
      }
    }
    return Map.of(
        DISTRIBUTION,
        HostTensor.fromDoubles(
            TensorType.of(DType.FLOAT32, batch.size(), tokens, classes), i -> distribution[i]));
  }
}
