package dev.graft.graph.edit;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Finds convolutions that lost their batch normalization and puts it back.
 *
 * <p>Converters fold a trained batch normalization into the convolution before it. For inference
 * and fine-tuning that is harmless; training such a network from scratch is hopeless, and comparing
 * with it fakes a success of transfer. A file does not tell a folded network from one that never
 * had normalization, so both get it.
 */
public final class NormalizationRestoration {
  private NormalizationRestoration() {}

  /**
   * The outputs of convolutions inside the network that add a bias and are not normalised. Empty
   * for networks with fewer than two, which train well without.
   */
  public static List<String> candidates(Graph graph) {
    List<String> found = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.operator().name().equals("Conv") && node.hasInput(2)) {
        String output = node.outputs().get(0);
        List<Node> readers = graph.consumers(output);
        boolean normalised =
            readers.stream().anyMatch(r -> OperatorRoles.isNormalization(r.operator().name()));
        boolean inside = !readers.isEmpty() && !graph.outputs().contains(output);
        if (inside && !normalised) {
          found.add(output);
        }
      }
    }
    return found.size() < 2 ? List.of() : List.copyOf(found);
  }

  /**
   * The graph with a batch normalization after each of the given convolution outputs. Its
   * parameters are named after the convolution's weight, {@code .norm.scale} and so on, and have no
   * values yet.
   */
  public static Graph restore(Graph graph, List<String> outputs) {
    Map<String, UnaryOperator<Value>> fragments = new LinkedHashMap<>();
    for (String output : outputs) {
      Node conv = graph.producer(output).orElseThrow();
      fragments.put(output, x -> normalize(x, conv.inputs().get(1) + ".norm"));
    }
    return Fragments.insertAfter(graph, fragments);
  }

  private static Value normalize(Value x, String stem) {
    GraphBuilder g = x.builder();
    DType dtype = x.dtype();
    TensorType perChannel = TensorType.of(dtype, x.shape().dim(1).size());
    String unique = g.unique(stem);
    return g.op(
        "BatchNormalization",
        Attributes.NONE,
        x,
        g.parameter(unique + ".scale", perChannel),
        g.parameter(unique + ".bias", perChannel),
        g.parameter(unique + ".mean", perChannel),
        g.parameter(unique + ".var", perChannel));
  }
}
