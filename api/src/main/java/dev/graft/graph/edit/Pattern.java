package dev.graft.graph.edit;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.tensor.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * A pattern over the nodes that compute a value, read from the result towards the inputs. Variables
 * bind values by name; one that occurs twice must be the same value both times.
 */
@FunctionalInterface
interface Pattern {
  /** The bindings if the value matches, else empty; never changes the bindings it is given. */
  Optional<Map<String, String>> match(Graph graph, String value, Map<String, String> bound);

  /** Any value. */
  static Pattern any(String variable) {
    return (graph, value, bound) -> bind(bound, variable, value);
  }

  /** A constant scalar, or one-element tensor, near a number. */
  static Pattern number(double expected) {
    return (graph, value, bound) ->
        scalar(graph, value)
            .filter(v -> Math.abs(v - expected) <= 1e-4 * Math.max(1, Math.abs(expected)))
            .map(v -> bound);
  }

  /** Any constant scalar, or one-element tensor. */
  static Pattern scalar(String variable) {
    return (graph, value, bound) -> scalar(graph, value).flatMap(v -> bind(bound, variable, value));
  }

  /** A node with these inputs, in this order. */
  static Pattern op(String operator, Pattern... inputs) {
    return op(operator, (graph, node) -> true, inputs);
  }

  /** A node with these inputs that also passes a test. */
  static Pattern op(String operator, BiPredicate<Graph, Node> test, Pattern... inputs) {
    return (graph, value, bound) -> {
      Optional<Node> node = node(graph, value, operator);
      if (node.isEmpty()
          || node.get().inputs().size() < inputs.length
          || !test.test(graph, node.get())) {
        return Optional.empty();
      }
      return all(graph, node.get().inputs(), List.of(inputs), bound);
    };
  }

  /** A node with two inputs in either order. */
  static Pattern either(String operator, Pattern a, Pattern b) {
    return or(op(operator, a, b), op(operator, b, a));
  }

  /** The first of several patterns that matches. */
  static Pattern or(Pattern... choices) {
    return (graph, value, bound) -> {
      for (Pattern choice : choices) {
        Optional<Map<String, String>> match = choice.match(graph, value, bound);
        if (match.isPresent()) {
          return match;
        }
      }
      return Optional.empty();
    };
  }

  /** What a pattern matches, and a name for it as well. */
  static Pattern as(String variable, Pattern pattern) {
    return (graph, value, bound) ->
        pattern.match(graph, value, bound).flatMap(b -> bind(b, variable, value));
  }

  /** The constant scalar a value holds, if it does. */
  static Optional<Double> scalar(Graph graph, String value) {
    HostTensor t = graph.constants().get(value);
    return t != null && t.size() == 1 ? Optional.of(t.getDouble(0)) : Optional.empty();
  }

  /** The axes of a reduction, or none if they are not constant or not given. */
  static long[] axes(Graph graph, Node reduction) {
    HostTensor axes =
        reduction.hasInput(1) ? graph.constants().get(reduction.inputs().get(1)) : null;
    return axes == null ? new long[0] : axes.toLongs();
  }

  /** Whether a reduction is over the last axis alone and keeps it. */
  static boolean overLastAxis(Graph graph, Node reduction) {
    long[] axes = axes(graph, reduction);
    int rank = graph.type(reduction.inputs().get(0)).rank();
    Attributes a = reduction.attributes();
    return axes.length == 1 && Math.floorMod(axes[0], rank) == rank - 1 && a.i("keepdims", 1) == 1;
  }

  private static Optional<Node> node(Graph graph, String value, String operator) {
    return graph
        .producer(value)
        .filter(n -> n.operator().name().equals(operator) && n.outputs().get(0).equals(value));
  }

  private static Optional<Map<String, String>> all(
      Graph graph, List<String> values, List<Pattern> patterns, Map<String, String> bound) {
    Map<String, String> current = bound;
    for (int i = 0; i < patterns.size(); i++) {
      Optional<Map<String, String>> next = patterns.get(i).match(graph, values.get(i), current);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      current = next.get();
    }
    return Optional.of(current);
  }

  private static Optional<Map<String, String>> bind(
      Map<String, String> bound, String variable, String value) {
    String before = bound.get(variable);
    if (before != null) {
      return before.equals(value) ? Optional.of(bound) : Optional.empty();
    }
    Map<String, String> more = new HashMap<>(bound);
    more.put(variable, value);
    return Optional.of(more);
  }
}
