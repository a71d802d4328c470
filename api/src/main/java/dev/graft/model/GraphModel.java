package dev.graft.model;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import java.util.List;

/** A graph with values for all of its state inputs. */
public record GraphModel(Graph graph, ParameterStore parameters) {
  public GraphModel {
    List<String> missing =
        graph.inputs(Role.STATE).stream()
            .map(GraphInput::name)
            .filter(n -> !parameters.has(n))
            .toList();
    if (!missing.isEmpty()) {
      throw new GraphException("the model has no values for " + missing);
    }
  }

  public GraphModel with(ParameterStore other) {
    return new GraphModel(graph, parameters.with(other));
  }
}
