package dev.graft.graph;

import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation: extends a graph by the nodes that compute the gradient of a scalar
 * (Griewank and Walther, Evaluating Derivatives, 2nd ed. 2008, section 3.2).
 *
 * <p>Only nodes on a path from a wanted input to the objective are visited, so nothing is computed
 * below the lowest trainable parameter. Every shape must be fixed; see {@link Specialization}.
 */
public final class Differentiator {
  private final Map<String, Value> gradients = new HashMap<>();

  private Differentiator() {}

  /**
   * The forward graph in operators that have gradient rules: those without one, on a path that is
   * differentiated, are replaced by their decompositions. The others list every output that their
   * rules read ({@link Operator#savedOutputs}).
   *
   * @throws GraphException naming every operator on the way that has neither
   */
  public static Graph differentiable(Graph forward, String objective, Set<String> wanted) {
    Graph graph = forward;
    Graph before;
    do {
      before = graph;
      Set<String> active = active(graph, objective, wanted);
      graph =
          Rewriter.decomposeOnce(
              graph, n -> n.operator().gradient() == null && active.contains(n.name()));
    } while (graph != before);
    Set<String> active = active(graph, objective, wanted);
    List<String> missing =
        graph.nodes().stream()
            .filter(n -> active.contains(n.name()) && n.operator().gradient() == null)
            .map(Node::describe)
            .toList();
    if (!missing.isEmpty()) {
      throw new GraphException(
          "no derivative is known for "
              + String.join(", ", missing)
              + ". Freeze the parameters below, or cut the model after it.");
    }
    return savingOutputs(graph, active);
  }

  private static Graph savingOutputs(Graph graph, Set<String> active) {
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    for (Node node : graph.nodes()) {
      List<String> outputs = new ArrayList<>(node.outputs());
      int saved = active.contains(node.name()) ? node.operator().savedOutputs() : 0;
      for (int i = 0; i < saved; i++) {
        if (!node.hasOutput(i)) {
          outputs.subList(i, Math.min(i + 1, outputs.size())).clear();
          outputs.add(i, rewriter.target().unique(node.name() + ":" + i));
        }
      }
      rewriter.copy(
          new Node(node.name(), node.operator(), node.inputs(), outputs, node.attributes()));
    }
    return rewriter.finish();
  }

  /**
   * Adds the gradients of {@code objective} to a builder.
   *
   * @param rewriter holds a complete copy of the {@link #differentiable} forward graph
   * @param forward that graph
   * @param objective a floating scalar of it
   * @param wanted names of inputs of it
   * @return one gradient per wanted input, of its type; zeros where the objective does not depend
   *     on it
   */
  public static Map<String, Value> differentiate(
      Rewriter rewriter, Graph forward, String objective, Set<String> wanted) {
    TensorType type = forward.type(objective);
    if (!type.dtype().isFloating() || type.rank() != 0) {
      throw new GraphException(
          "the objective '" + objective + "' must be a floating scalar, but is " + type);
    }
    Differentiator d = new Differentiator();
    Set<String> active = active(forward, objective, wanted);
    Set<String> dependent = dependent(forward, wanted);
    d.gradients.put(objective, rewriter.target().scalar(type.dtype(), 1));
    for (int i = forward.nodes().size() - 1; i >= 0; i--) {
      Node node = forward.nodes().get(i);
      if (active.contains(node.name())) {
        d.visit(rewriter, node, dependent);
      }
    }
    Map<String, Value> result = new LinkedHashMap<>();
    for (String name : wanted) {
      Value g = d.gradients.get(name);
      result.put(name, g != null ? g : rewriter.target().zeros(forward.type(name)));
    }
    return result;
  }

  private void visit(Rewriter rewriter, Node node, Set<String> dependent) {
    List<@Nullable Value> outputs = new ArrayList<>();
    List<@Nullable Value> arrived = new ArrayList<>();
    for (String name : node.outputs()) {
      outputs.add(name.isEmpty() ? null : rewriter.get(name));
      arrived.add(gradients.get(name));
    }
    if (arrived.stream().allMatch(g -> g == null)) {
      return;
    }
    List<Boolean> needed = node.inputs().stream().map(dependent::contains).toList();
    Operator.GradientRule rule = node.operator().gradient();
    if (rule == null) {
      throw new GraphException("no derivative is known for " + node.describe());
    }
    List<@Nullable Value> result =
        rule.apply(new GradientContext(rewriter.context(node), outputs, arrived, needed));
    for (int i = 0; i < node.inputs().size(); i++) {
      Value g = i < result.size() ? result.get(i) : null;
      if (needed.get(i) && g != null) {
        accumulate(node, node.inputs().get(i), g, rewriter.get(node.inputs().get(i)).type());
      }
    }
  }

  private void accumulate(Node node, String input, Value gradient, TensorType type) {
    if (!gradient.type().equals(type)) {
      throw new GraphException(
          "the derivative of "
              + node.describe()
              + " for '"
              + input
              + "' is "
              + gradient.type()
              + ", but the input is "
              + type);
    }
    Value before = gradients.get(input);
    gradients.put(input, before == null ? gradient : before.add(gradient));
  }

  /** The names of the nodes on a path from a wanted input to the objective. */
  static Set<String> active(Graph graph, String objective, Set<String> wanted) {
    Set<String> dependent = dependent(graph, wanted);
    Set<String> needed = new HashSet<>(Set.of(objective));
    Set<String> active = new HashSet<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      boolean reaches = node.outputs().stream().anyMatch(needed::contains);
      if (reaches
          && node.operator().differentiable()
          && node.inputs().stream().anyMatch(dependent::contains)) {
        active.add(node.name());
        node.inputs().stream().filter(dependent::contains).forEach(needed::add);
      }
    }
    return active;
  }

  /** The floating values that depend differentiably on a wanted input. */
  private static Set<String> dependent(Graph graph, Set<String> wanted) {
    Set<String> dependent = new HashSet<>(wanted);
    for (Node node : graph.nodes()) {
      if (node.operator().differentiable()
          && node.inputs().stream().anyMatch(dependent::contains)) {
        node.outputs().stream()
            .filter(o -> !o.isEmpty() && graph.type(o).dtype().isFloating())
            .forEach(dependent::add);
      }
    }
    return dependent;
  }
}
