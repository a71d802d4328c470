package dev.graft.eval;

import dev.graft.data.Labeled;
import dev.graft.data.Targets;
import dev.graft.tensor.HostTensor;

/**
 * Compares a model's outputs with the truth; found by {@link java.util.ServiceLoader}. Stateless
 * and thread-safe.
 *
 * @param <T> the kind of targets it judges
 */
public interface Evaluator<T extends Targets> {
  /** Lower case, such as {@code classification}. */
  String name();

  /** The kind of targets it judges. */
  Class<T> targets();

  /**
   * @param scores the model's scores, {@code [examples, ...]}, as {@link dev.graft.transfer.Output}
   *     says: logits for class labels
   * @param truth the examples with their targets, in the same order
   */
  Evaluation evaluate(HostTensor scores, Labeled<T> truth);
}
