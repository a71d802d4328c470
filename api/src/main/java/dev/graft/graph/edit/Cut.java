package dev.graft.graph.edit;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Role;
import dev.graft.tensor.TensorType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Cuts a graph at named values. */
public final class Cut {
  private Cut() {}

  /**
   * The part of the graph that computes the given values, which become its outputs. Inputs and
   * parameters that only the rest needs are dropped.
   *
   * @throws dev.graft.graph.GraphException if there is no such value; the message names close ones
   */
  public static Graph at(Graph graph, String... values) {
    Set<String> live = ancestors(graph, List.of(values));
    Rewriter rewriter = new Rewriter(graph);
    for (GraphInput input : graph.inputs()) {
      if (live.contains(input.name())) {
        rewriter.bind(
            input.name(), rewriter.target().input(input.name(), input.type(), input.role()));
      }
    }
    graph
        .constants()
        .forEach(
            (name, tensor) -> {
              if (live.contains(name)) {
                rewriter.bind(name, rewriter.target().constant(name, tensor));
              }
            });
    for (Node node : graph.nodes()) {
      if (node.outputs().stream().anyMatch(live::contains)) {
        rewriter.copy(node);
      }
    }
    for (String value : values) {
      rewriter.target().output(rewriter.get(value));
    }
    return rewriter.target().build();
  }

  /**
   * The part of the graph above a value, which becomes its only data input; the outputs stay.
   *
   * @throws dev.graft.graph.GraphException if there is no such value, or if the part reads
   *     something else that is computed below the value
   */
  public static Graph above(Graph graph, String value) {
    TensorType type = graph.type(value);
    Set<String> live = new HashSet<>(graph.outputs());
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (node.outputs().stream().anyMatch(live::contains) && !node.outputs().contains(value)) {
        live.addAll(node.inputs());
      }
    }
    Rewriter rewriter = new Rewriter(graph);
    rewriter.bind(value, rewriter.target().input(value, type));
    Set<String> below = ancestors(graph, List.of(value));
    for (GraphInput input : graph.inputs()) {
      if (live.contains(input.name()) && input.role() == Role.STATE) {
        rewriter.bind(
            input.name(), rewriter.target().input(input.name(), input.type(), input.role()));
      }
    }
    graph
        .constants()
        .forEach(
            (name, tensor) -> {
              if (live.contains(name)) {
                rewriter.bind(name, rewriter.target().constant(name, tensor));
              }
            });
    for (Node node : graph.nodes()) {
      boolean above = node.outputs().stream().anyMatch(live::contains);
      if (above && node.outputs().stream().noneMatch(below::contains)) {
        rewriter.copy(node);
      }
    }
    graph.outputs().forEach(o -> rewriter.target().output(rewriter.get(o)));
    return rewriter.target().build();
  }

  /** The given values and all that they are computed from. */
  static Set<String> ancestors(Graph graph, List<String> values) {
    values.forEach(graph::type);
    Set<String> live = new HashSet<>(values);
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (node.outputs().stream().anyMatch(live::contains)) {
        live.addAll(node.inputs());
      }
    }
    return live;
  }
}
