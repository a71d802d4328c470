package dev.graft.graph.edit;

import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Inserts nodes into a graph. */
public final class Fragments {
  private Fragments() {}

  /** Reads {@code fragment(value)} wherever the graph reads {@code value}, its outputs included. */
  public static Graph insertAfter(Graph graph, String value, UnaryOperator<Value> fragment) {
    graph.type(value);
    return insertAfter(graph, Map.of(value, fragment));
  }

  /**
   * Inserts several fragments at once. A fragment may declare parameters of its own through {@link
   * Value#builder}.
   *
   * @param fragments from the name of a node's output to what is to be read in its place
   */
  public static Graph insertAfter(Graph graph, Map<String, UnaryOperator<Value>> fragments) {
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    for (Node node : graph.nodes()) {
      rewriter.copy(node);
      for (String output : node.outputs()) {
        UnaryOperator<Value> fragment = fragments.get(output);
        if (fragment != null) {
          rewriter.bind(output, fragment.apply(rewriter.get(output)));
        }
      }
    }
    // An output that a fragment replaced keeps its position; its name now is the fragment's.
    graph.outputs().forEach(o -> rewriter.target().output(rewriter.get(o)));
    graph.updates().forEach((state, v) -> rewriter.target().update(state, rewriter.get(v)));
    return rewriter.target().build();
  }
}
