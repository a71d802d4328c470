package dev.graft.backend.onnx;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Role;
import dev.graft.graph.Value;
import dev.graft.tensor.TensorType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A graph whose ends suit ONNX Runtime: every output and update is a value of its own that a node
 * computes, so that no two native handles share memory; no input is of an unsigned type that the
 * Java interface cannot create; and state comes and goes in the shapes of its slots.
 *
 * @param graph the graph with such ends
 * @param outputs from the names of the original outputs to values of the graph
 * @param updates from the names of state inputs to values of the graph
 */
record Ports(Graph graph, Map<String, String> outputs, Map<String, String> updates) {

  /**
   * @param fed whether an input is fed at run time, by the caller or from a state
   */
  static Ports of(Graph graph, Predicate<GraphInput> fed, SlotShape slots) {
    Rewriter rewriter = new Rewriter(graph);
    for (GraphInput input : graph.inputs()) {
      if (fed.test(input)) {
        TensorType type = portType(input, slots);
        Value port = rewriter.target().input(input.name(), type, input.role());
        Value value = port.cast(input.type().dtype());
        rewriter.bind(
            input.name(),
            type.shape().equals(input.type().shape())
                ? value
                : value.reshape(input.type().shape().sizes()));
      }
    }
    rewriter.copyInputs();
    graph.nodes().forEach(rewriter::copy);
    Set<String> taken = new HashSet<>();
    Map<String, String> outputs = new LinkedHashMap<>();
    for (String name : new LinkedHashSet<>(graph.outputs())) {
      Value end = end(graph, rewriter, taken, name, rewriter.get(name));
      rewriter.target().output(end);
      outputs.put(name, end.name());
    }
    Map<String, String> updates = new LinkedHashMap<>();
    graph
        .updates()
        .forEach(
            (state, name) -> {
              TensorType type = portType(graph.input(state).orElseThrow(), slots);
              String source = unshaped(graph, name, type);
              Value value = rewriter.get(source).cast(type.dtype());
              Value end =
                  value.type().equals(type)
                      ? end(graph, rewriter, taken, source, value)
                      : value.reshape(type.shape().sizes());
              rewriter.target().update(state, end);
              updates.put(state, end.name());
            });
    return new Ports(rewriter.target().build(), outputs, updates);
  }

  private static TensorType portType(GraphInput input, SlotShape slots) {
    TensorType type = input.type().withDType(Tensors.fed(input.type().dtype()));
    return input.role() == Role.STATE ? slots.of(type) : type;
  }

  /** The value of the wanted type that a value is only another shape of, or the value itself. */
  private static String unshaped(Graph graph, String name, TensorType wanted) {
    return graph
        .producer(name)
        .filter(n -> n.operator().name().equals("Reshape"))
        .map(n -> n.inputs().get(0))
        .filter(source -> graph.type(source).equals(wanted))
        .orElse(name);
  }

  private static Value end(
      Graph graph, Rewriter rewriter, Set<String> taken, String name, Value value) {
    boolean own = value.name().equals(name) && graph.producer(name).isPresent() && taken.add(name);
    return own ? value : rewriter.target().identity(value, rewriter.target().unique(name + "/out"));
  }
}
