package dev.graft.backend;

import dev.graft.graph.ParameterStore;
import java.util.Set;

/**
 * Parameters, running statistics and optimizer moments in the engine's own memory, as named slots.
 * Not for concurrent use by several threads, except that {@link #close} may come at any time.
 */
public interface State extends AutoCloseable {
  Set<String> names();

  /** A copy of all slots on the host. */
  ParameterStore snapshot();

  /** Overwrites the slots that the store names; an error if it names one that is not here. */
  void restore(ParameterStore values);

  /** Frees the slots. Closing twice is allowed. */
  @Override
  void close();
}
