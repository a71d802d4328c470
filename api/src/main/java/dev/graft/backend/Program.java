package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import java.util.Map;

/**
 * A compiled graph. Feeds are given by input name and checked: a missing, unknown or wrongly typed
 * one is an {@link IllegalArgumentException} that says which. Runs without state may go on in
 * several threads at once; runs on one {@link State} take turns.
 */
public interface Program extends AutoCloseable {
  /** The graph as it was given to the backend. */
  Graph graph();

  /**
   * Computes the outputs. The caller closes the result.
   *
   * @param state where the program's state inputs live; may be an empty state if it has none
   * @param feeds a tensor for every input that is neither compiled in nor in the state
   */
  Fetches run(State state, Map<String, ? extends Tensor> feeds);

  /** Computes the outputs of a program that has no state. The caller closes the result. */
  Fetches run(Map<String, ? extends Tensor> feeds);

  /**
   * One training step: computes the outputs, then replaces the slots that the graph updates. If it
   * throws, the state is as before.
   */
  Fetches step(State state, Map<String, ? extends Tensor> feeds);

  /** Runs without state and copies the outputs to the host. */
  default Map<String, HostTensor> runToHost(Map<String, ? extends Tensor> feeds) {
    try (Fetches fetches = run(feeds)) {
      return fetches.toHost();
    }
  }

  /** Frees the engine's memory. Closing twice is allowed. */
  @Override
  void close();
}
