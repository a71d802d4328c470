package dev.graft.strategies.inductive;

import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Value;
import dev.graft.graph.edit.CutPoint;
import dev.graft.graph.edit.CutPoints;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.StrategyException;
import java.util.List;
import java.util.Optional;

/** Where a network has one vector per token. */
final class TokenFeatures {
  private TokenFeatures() {}

  /**
   * The last value {@code [batch, tokens, width]}: the main output, a value that all data pass
   * through, or the last normalisation, since a pooling above it may read the attention mask, too.
   */
  static String cut(Graph graph) {
    String output = graph.outputs().get(0);
    if (isPerToken(graph.type(output))) {
      return output;
    }
    Optional<String> narrow =
        CutPoints.of(graph).stream()
            .filter(p -> isPerToken(p.type()))
            .map(CutPoint::value)
            .findFirst();
    return narrow.orElseGet(() -> lastNormalisation(graph));
  }

  private static String lastNormalisation(Graph graph) {
    List<Node> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      String value = nodes.get(i).outputs().get(0);
      if (nodes.get(i).operator().name().equals("LayerNormalization")
          && isPerToken(graph.type(value))) {
        return value;
      }
    }
    throw new StrategyException(
        "the network has no value [batch, tokens, width] that was found; name the one to cut at");
  }

  private static boolean isPerToken(TensorType type) {
    return type.dtype().isFloating() && type.rank() == 3 && type.shape().dim(2).isFixed();
  }

  static Value of(Value cut) {
    if (!isPerToken(cut.type())) {
      throw new StrategyException(
          "a head on tokens needs features [batch, tokens, width], but '"
              + cut.name()
              + "' is "
              + cut.type()
              + ". Cut the network before it pools.");
    }
    return cut;
  }
}
