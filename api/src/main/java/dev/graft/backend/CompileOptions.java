package dev.graft.backend;

import java.util.Set;

/**
 * How a graph is compiled.
 *
 * @param state the {@code STATE} inputs that come from a {@link State} at run time; all others are
 *     compiled in as constants from the store, so that the engine can fold and pre-pack them
 * @param precision the arithmetic
 */
public record CompileOptions(Set<String> state, Precision precision) {
  public CompileOptions {
    state = Set.copyOf(state);
  }

  /** Everything constant, in the graph's own precision. */
  public static final CompileOptions INFERENCE = new CompileOptions(Set.of(), Precision.FLOAT32);

  public static CompileOptions withState(Set<String> state) {
    return new CompileOptions(state, Precision.FLOAT32);
  }
}
