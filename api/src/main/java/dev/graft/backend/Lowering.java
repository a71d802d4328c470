package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.edit.MixedPrecision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
            graph, (g, node) -> !supports.apply(NodeSignature.of(g, node)).isSupported());
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

  /** The same, with products in the wanted precision; those of decompositions, too. */
  public static Graph lower(
      Graph graph, String backend, Function<NodeSignature, Support> supports, Precision precision) {
    Graph lowered = lower(graph, backend, supports);
    return precision == Precision.BFLOAT16
        ? lower(MixedPrecision.apply(lowered), backend, supports)
        : lowered;
  }
}
