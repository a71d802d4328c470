package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.graph.Suggestions;
import dev.graft.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
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

  /**
   * The parameters that are compiled in, by name. For backends, which ask first of all.
   *
   * @throws BackendException if the backend lacks the precision
   * @throws GraphException if the state is not the graph's, or a parameter does not fit
   */
  public Map<String, HostTensor> compiledIn(Backend backend, Graph graph, ParameterStore store) {
    if (!backend.precisions().contains(precision)) {
      throw new BackendException(
          "backend '"
              + backend.name()
              + "' computes in "
              + backend.precisions()
              + ", not in "
              + precision
              + "; leave the precision at "
              + Precision.FLOAT32
              + " or choose another backend");
    }
    Set<String> inputs = new LinkedHashSet<>();
    Map<String, HostTensor> values = new LinkedHashMap<>();
    for (GraphInput input : graph.inputs(Role.STATE)) {
      inputs.add(input.name());
      if (!state.contains(input.name())) {
        values.put(input.name(), fitting(store.get(input.name()), input));
      }
    }
    for (String name : state) {
      if (!inputs.contains(name)) {
        throw new GraphException(
            "'"
                + name
                + "' is to be state, but the graph has no such state input. "
                + Suggestions.closest(name, inputs));
      }
    }
    for (String name : graph.updates().keySet()) {
      if (!state.contains(name)) {
        throw new GraphException(
            "the graph updates '" + name + "', so it must be among the state of CompileOptions");
      }
    }
    return values;
  }

  private static HostTensor fitting(HostTensor value, GraphInput input) {
    if (!Feeds.fits(value.type(), input.type())) {
      throw new GraphException(
          "parameter '"
              + input.name()
              + "' must be "
              + input.type()
              + ", but the store has "
              + value.type());
    }
    return value;
  }
}
