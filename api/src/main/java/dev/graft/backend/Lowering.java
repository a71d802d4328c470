package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.edit.MixedPrecision;
import dev.graft.graph.edit.Recognition;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Replaces the nodes that a backend does not run itself by their decompositions. */
public final class Lowering {
  private Lowering() {}

  /**
   * The graph in operators that the backend supports.
   *
   * @throws UnsupportedGraphException naming every node that is refused and has no decomposition
   */
  public static Graph lower(
      Graph graph, String backend, Function<NodeSignature, Support> supports) {
    Graph lowered =
        Rewriter.decompose(
            recognised(graph, supports),
            (g, node) -> !supports.apply(NodeSignature.of(g, node)).isSupported());
    Map<Node, String> refused = new LinkedHashMap<>();
    for (Node node : lowered.nodes()) {
      Optional<String> refusal = supports.apply(NodeSignature.of(lowered, node)).refusal();
      refusal.ifPresent(reason -> refused.put(node, reason));
    }
    if (!refused.isEmpty()) {
      throw new UnsupportedGraphException(backend, refused);
    }
    return lowered;
  }

  /**
   * The graph with the composite operators that the backend has put together where an exporter took
   * them apart. A training step is left as it is: its gradients read what lies between.
   */
  private static Graph recognised(Graph graph, Function<NodeSignature, Support> supports) {
    if (!graph.updates().isEmpty()) {
      return graph;
    }
    Graph whole = Recognition.apply(graph);
    Set<String> claimed = new HashSet<>(Recognition.OPERATORS);
    for (Node node : whole.nodes()) {
      String operator = node.operator().name();
      if (claimed.contains(operator)
          && !supports.apply(NodeSignature.of(whole, node)).isSupported()) {
        claimed.remove(operator);
      }
    }
    return claimed.equals(Recognition.OPERATORS) ? whole : Recognition.apply(graph, claimed);
  }

  /** The same, with products in the wanted precision; those of decompositions, too. */
  public static Graph lower(
      Graph graph, String backend, Function<NodeSignature, Support> supports, Precision precision) {
    Graph lowered = lower(graph, backend, supports);
    return precision == Precision.BFLOAT16
        ? lower(MixedPrecision.apply(lowered), backend, supports)
        : lowered;
  }
}
