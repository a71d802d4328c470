package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.DataException;
import dev.graft.data.SpanTargets;
import dev.graft.data.Targets;
import dev.graft.data.TokenAlignment;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Map;

/**
 * Cross-entropy of the answer's first and last token, each a choice among the tokens of the
 * passage, by the model's first output {@code [batch, tokens, 2]} (Devlin et al. 2019, section
 * 4.2). The first token of all, which is of no text, stands for "the answer is not here" (section
 * 4.3).
 */
public record SpanCrossEntropy() implements Objective {
  private static final String ENDS = "target/ends";
  private static final String OUTSIDE = "target/outside";

  /** Added to the logits of tokens that cannot be chosen. */
  private static final float NEVER = -1e4f;

  @Override
  public Value losses(GraphBuilder builder, List<Value> outputs) {
    Value logits = outputs.get(0);
    Value target = builder.input(ENDS, logits.type());
    Value outside = builder.input(OUTSIDE, logits.type());
    Value logProbability = builder.op("LogSoftmax", Attributes.of("axis", 1), logits.add(outside));
    return target.mul(logProbability).sum(false, 1, 2).mul(-0.5);
  }

  @Override
  public Map<String, HostTensor> feeds(Targets targets, Batch batch) {
    if (!(targets instanceof SpanTargets spans)) {
      throw new DataException(
          "span cross-entropy needs answers in passages, but the targets are "
              + targets.getClass().getSimpleName());
    }
    long[] starts = TokenAlignment.of(batch.inputs(), TokenAlignment.STARTS);
    long[] stops = TokenAlignment.of(batch.inputs(), TokenAlignment.ENDS);
    int tokens = starts.length / batch.size();
    float[] ends = new float[starts.length * 2];
    float[] outside = new float[starts.length * 2];
    for (int row = 0; row < batch.size(); row++) {
      List<SpanTargets.Span> answers = spans.answers().get(batch.positions()[row]);
      int nowhere = row * tokens;
      int first = nowhere;
      int last = nowhere;
      for (int t = nowhere; t < (row + 1) * tokens; t++) {
        boolean passage = starts[t] != TokenAlignment.NONE;
        outside[2 * t] = passage || t == nowhere ? 0 : NEVER;
        outside[2 * t + 1] = outside[2 * t];
        if (passage
            && !answers.isEmpty()
            && starts[t] < answers.get(0).end()
            && stops[t] > answers.get(0).start()) {
          first = first == nowhere ? t : first;
          last = t;
        }
      }
      ends[2 * first] = 1;
      ends[2 * last + 1] = 1;
    }
    TensorType type = TensorType.of(DType.FLOAT32, batch.size(), tokens, 2);
    return Map.of(
        ENDS, HostTensor.fromDoubles(type, i -> ends[i]),
        OUTSIDE, HostTensor.fromDoubles(type, i -> outside[i]));
  }
}
