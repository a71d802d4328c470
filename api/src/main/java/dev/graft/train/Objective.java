package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.Targets;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * What training minimises, as nodes on top of a model's outputs. Immutable.
 *
 * <p>An objective declares batch inputs for its targets and gives one loss per example; weighting,
 * masking of padded examples and the mean over the batch are the training graph's business.
 */
public interface Objective {
  /**
   * Adds the loss.
   *
   * @param builder where to add; names of target inputs begin with {@code target/}
   * @param outputs the model's outputs, batch first
   * @return the loss of each example, of shape {@code [batch]}
   */
  Value losses(GraphBuilder builder, List<Value> outputs);

  /**
   * Adds how wrong the outputs are on each example, by which the best epoch is chosen: the loss,
   * unless the objective knows better.
   *
   * @param losses what {@link #losses} gave for the same outputs
   * @return of shape {@code [batch]}; lower is better
   */
  default Value errors(GraphBuilder builder, List<Value> outputs, Value losses) {
    return losses;
  }

  /**
   * The values of the target inputs for some examples.
   *
   * @param targets the targets of the whole data set
   * @param batch the examples, by their positions; targets of parts of an example also need its
   *     inputs, such as which tokens begin a word
   */
  Map<String, HostTensor> feeds(Targets targets, Batch batch);
}
