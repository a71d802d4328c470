package dev.graft.graph.edit;

import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Fresh values for parameters, drawn from a seed by parameter name, so that adding a parameter does
 * not change the others.
 *
 * <ul>
 *   <li>Convolutions, and products followed by a rectifier: He normal, variance 2 / fan-in (He et
 *       al. 2015, eq. 10).
 *   <li>Other products and recurrences: Glorot uniform, bound sqrt(6 / (fan-in + fan-out)) (Glorot
 *       and Bengio 2010, eq. 16).
 *   <li>Tables and tokens: normal with standard deviation 0.02 (Devlin et al. 2019).
 *   <li>Norms to the identity, running statistics to mean 0 and variance 1, biases to 0, factors to
 *       1.
 * </ul>
 */
public final class Initialization {
  private static final Set<String> RECTIFIERS =
      Set.of("Relu", "LeakyRelu", "PRelu", "Clip", "Elu", "HardSwish", "Gelu");
  private static final double TABLE_DEVIATION = 0.02;

  private Initialization() {}

  /** New values for all state inputs of the graph. */
  public static ParameterStore all(Graph graph, Seed seed) {
    return of(graph, Parameters.of(graph).select(p -> true), seed);
  }

  /** New values for the named state inputs. */
  public static ParameterStore of(Graph graph, Collection<String> names, Seed seed) {
    Map<String, Node> nodes =
        graph.nodes().stream().collect(Collectors.toMap(Node::name, n -> n, (a, b) -> a));
    Parameters parameters = Parameters.of(graph);
    Map<String, HostTensor> values = new LinkedHashMap<>();
    for (String name : names) {
      Parameter p = parameters.get(name);
      List<String> readers = p.readers();
      Node reader = readers.isEmpty() ? null : nodes.get(readers.get(0));
      values.put(name, draw(graph, p, reader, seed.derive(name)));
    }
    return ParameterStore.of(values);
  }

  private static HostTensor draw(Graph graph, Parameter p, @Nullable Node reader, Seed seed) {
    TensorType type = p.type();
    return switch (p.kind()) {
      case WEIGHT, RECURRENT -> {
        Fans fans = Fans.of(p, reader);
        boolean he =
            reader != null
                && (reader.operator().name().equals("Conv") || feedsRectifier(graph, reader));
        if (he) {
          double deviation = Math.sqrt(2 / fans.in());
          yield HostTensor.fromDoubles(type, i -> deviation * seed.gaussian(i));
        }
        double bound = Math.sqrt(6 / (fans.in() + fans.out()));
        yield HostTensor.fromDoubles(type, i -> bound * (2 * seed.uniform(i) - 1));
      }
      case EMBEDDING -> normal(type, seed);
      case NORM_SCALE -> HostTensor.full(type, 1);
      case BIAS, NORM_BIAS -> HostTensor.full(type, 0);
      case BUFFER ->
          HostTensor.full(type, reader != null && isVariance(graph, reader, p.name()) ? 1 : 0);
      case OTHER ->
          reader != null && reader.operator().name().equals("Mul")
              ? HostTensor.full(type, 1)
              : reader != null && reader.operator().name().equals("PRelu")
                  ? HostTensor.full(type, 0.25)
                  : normal(type, seed);
    };
  }

  private static HostTensor normal(TensorType type, Seed seed) {
    return HostTensor.fromDoubles(type, i -> TABLE_DEVIATION * seed.gaussian(i));
  }

  private static boolean isVariance(Graph graph, Node norm, String name) {
    return norm.inputs().size() > 4
        && Cut.ancestors(graph, List.of(norm.inputs().get(4))).contains(name);
  }

  private static boolean feedsRectifier(Graph graph, Node node) {
    String value = node.outputs().get(0);
    for (int steps = 0; steps < 3; steps++) {
      List<Node> next = graph.consumers(value);
      if (next.isEmpty()) {
        return false;
      }
      Node first = next.get(0);
      String operator = first.operator().name();
      if (RECTIFIERS.contains(operator)) {
        return true;
      }
      if (!operator.equals("Add") && !OperatorRoles.isNormalization(operator)) {
        return false;
      }
      value = first.outputs().get(0);
    }
    return false;
  }

  /** The number of inputs and outputs of one unit. */
  private record Fans(double in, double out) {
    static Fans of(Parameter p, @Nullable Node reader) {
      long[] s = p.type().shape().sizes();
      String operator = reader == null ? "" : reader.operator().name();
      if (s.length < 2) {
        return new Fans(s.length == 0 ? 1 : s[0], 1);
      }
      long field = 1;
      for (int i = 2; i < s.length; i++) {
        field *= s[i];
      }
      return switch (operator) {
        case "Conv" -> new Fans(s[1] * field, s[0] * field);
        case "ConvTranspose" -> new Fans(s[0] * field, s[1] * field);
        case "Gemm" ->
            reader != null && reader.attributes().i("transB", 0) == 1
                ? new Fans(s[1], s[0])
                : new Fans(s[0], s[1]);
        case "LSTM", "GRU", "RNN" -> new Fans(s[s.length - 1], s[s.length - 2]);
        default -> new Fans(s[s.length - 2], s[s.length - 1]);
      };
    }
  }
}
