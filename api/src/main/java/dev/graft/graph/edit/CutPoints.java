package dev.graft.graph.edit;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.Role;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds the values at which a network is worth cutting. Every path from the data to the outputs
 * must pass through such a value, so that the part above it sees nothing else.
 */
public final class CutPoints {
  private static final Set<String> PRODUCTS = Set.of("Gemm", "MatMul", "Conv");
  private static final Set<String> ACTIVATIONS =
      Set.of("Relu", "Clip", "LeakyRelu", "PRelu", "Elu", "HardSwish", "Gelu", "Sigmoid", "Tanh");
  private static final int MOST = 12;

  private CutPoints() {}

  /**
   * Likely cut points, the best one for a new head first: features per example ({@code [batch,
   * width]}) just below the last layer, then what lies deeper.
   */
  public static List<CutPoint> of(Graph graph) {
    Map<String, CutPoint> found = new LinkedHashMap<>();
    // A second output of the penultimate layer, which converters add on purpose, says it outright.
    for (String output : graph.outputs()) {
      if (output.toLowerCase(Locale.ROOT).contains("feature")) {
        offer(found, graph, output, "an output named as features");
      }
    }
    List<String> bottlenecks = bottlenecks(graph);
    String classifierInput = classifierInput(graph, bottlenecks);
    for (String wanted : new String[] {"rank2", "any"}) {
      for (int i = bottlenecks.size() - 1; i >= 0 && found.size() < MOST; i--) {
        String value = bottlenecks.get(i);
        boolean above = !below(graph, value, classifierInput);
        if (continuesInPlace(graph, value)) {
          continue;
        }
        boolean features = graph.type(value).rank() == 2;
        if (!above && (features == wanted.equals("rank2"))) {
          offer(found, graph, value, describe(graph, value, classifierInput));
        }
      }
    }
    return List.copyOf(found.values());
  }

  /** The first of {@link #of}; an error if the network offers none. */
  public static CutPoint best(Graph graph) {
    List<CutPoint> points = of(graph);
    if (points.isEmpty()) {
      throw new GraphException(
          "no value was found through which all data pass; name the value to cut at");
    }
    return points.get(0);
  }

  private static void offer(Map<String, CutPoint> found, Graph graph, String value, String why) {
    if (graph.producer(value).isPresent()) {
      int parameters = parametersBelow(graph, value);
      // Values that share a backbone up to parameter-free reshaping: the first one stands for all.
      boolean same =
          found.values().stream()
              .anyMatch(
                  p ->
                      p.parametersBelow() == parameters
                          && p.type().rank() == graph.type(value).rank());
      if (parameters > 0 && !same) {
        found.putIfAbsent(value, new CutPoint(value, graph.type(value), parameters, why));
      }
    }
  }

  /** Whether one normalization or activation is all that reads a value: its result is better. */
  private static boolean continuesInPlace(Graph graph, String value) {
    List<Node> readers = graph.consumers(value);
    return readers.size() == 1
        && !graph.outputs().contains(value)
        && (OperatorRoles.isNormalization(readers.get(0).operator().name())
            || ACTIVATIONS.contains(readers.get(0).operator().name()));
  }

  private static String describe(Graph graph, String value, String classifierInput) {
    return value.equals(classifierInput)
        ? "the input of the last layer"
        : "all data pass through it (" + graph.producer(value).orElseThrow().operator() + ")";
  }

  private static int parametersBelow(Graph graph, String value) {
    Set<String> live = Cut.ancestors(graph, List.of(value));
    return (int) graph.inputs(Role.STATE).stream().filter(i -> live.contains(i.name())).count();
  }

  private static boolean below(Graph graph, String value, String limit) {
    return Cut.ancestors(graph, List.of(limit)).contains(value);
  }

  /** The data input of the last product with a parameter, or the last bottleneck without one. */
  private static String classifierInput(Graph graph, List<String> bottlenecks) {
    Set<String> parameters = new HashSet<>();
    graph.inputs(Role.STATE).forEach(i -> parameters.add(i.name()));
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      boolean product =
          PRODUCTS.contains(node.operator().name())
              && node.inputs().stream().skip(1).anyMatch(in -> isParameter(graph, in, parameters));
      // Where data pass beside the product, as in a residual block, it computes no class scores.
      boolean alone =
          bottlenecks.contains(node.inputs().get(0)) && bottlenecks.contains(node.outputs().get(0));
      if (product && alone && endsInLogits(graph, node)) {
        return node.inputs().get(0);
      }
    }
    return bottlenecks.isEmpty() ? graph.outputs().get(0) : bottlenecks.get(bottlenecks.size() - 1);
  }

  /**
   * Whether a last product computes class scores: a matrix product does; a convolution only if the
   * output says so, for it may as well end the backbone.
   */
  private static boolean endsInLogits(Graph graph, Node node) {
    return !node.operator().name().equals("Conv")
        || graph.outputs().stream().anyMatch(o -> o.toLowerCase(Locale.ROOT).contains("logit"));
  }

  private static boolean isParameter(Graph graph, String value, Set<String> parameters) {
    if (parameters.contains(value)) {
      return true;
    }
    return graph
        .producer(value)
        .filter(n -> Parameters.VIEWS.contains(n.operator().name()))
        .map(n -> isParameter(graph, n.inputs().get(0), parameters))
        .orElse(false);
  }

  /**
   * The values that every path from a data input to the main output passes through, nearest the
   * input first: those whose removal leaves no other value in flight.
   */
  static List<String> bottlenecks(Graph graph) {
    Set<String> data = new HashSet<>();
    graph.inputs(Role.BATCH).stream().map(GraphInput::name).forEach(data::add);
    String output = graph.outputs().get(0);
    Set<String> live = Cut.ancestors(graph, List.of(output));
    Map<String, Integer> lastUse = new HashMap<>();
    Set<String> flowing = new HashSet<>(data);
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      if (describesShape(node) || node.outputs().stream().noneMatch(live::contains)) {
        continue;
      }
      boolean reads = false;
      for (String in : node.inputs()) {
        if (flowing.contains(in)) {
          lastUse.put(in, i);
          reads = true;
        }
      }
      if (reads) {
        node.outputs().stream().filter(live::contains).forEach(flowing::add);
      }
    }
    lastUse.put(output, graph.nodes().size());
    List<String> result = new ArrayList<>();
    Set<String> open = new HashSet<>(data);
    open.removeIf(v -> !lastUse.containsKey(v));
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      int now = i;
      open.removeIf(v -> lastUse.get(v) <= now);
      node.outputs().stream()
          .filter(o -> lastUse.containsKey(o) && flowing.contains(o))
          .forEach(open::add);
      if (open.size() == 1 && node.outputs().contains(open.iterator().next())) {
        String value = open.iterator().next();
        TensorType type = graph.type(value);
        if (type.dtype().isFloating() && type.rank() >= 2) {
          result.add(value);
        }
      }
    }
    return result;
  }

  /** Nodes that read only a shape pass no data on. */
  private static boolean describesShape(Node node) {
    return Set.of("Shape", "Size").contains(node.operator().name());
  }
}
