package dev.graft.backend.onnx;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A graph whose ends suit ONNX Runtime: every output and update is a value of its own that a node
 * computes, so that no two native handles share memory, and no input is of an unsigned type that
 * the Java interface cannot create.
 *
 * @param graph the graph with such ends
 * @param outputs from the names of the original outputs to values of the graph
 * @param updates from the names of state inputs to values of the graph
 */
record Ports(Graph graph, Map<String, String> outputs, Map<String, String> updates) {

  /**
   * @param fed whether an input is fed at run time, by the caller or from a state
   */
  static Ports of(Graph graph, Predicate<GraphInput> fed) {
    Rewriter rewriter = new Rewriter(graph);
    for (GraphInput input : graph.inputs()) {
      DType dtype = input.type().dtype();
      if (fed.test(input) && Tensors.fed(dtype) != dtype) {
        Value bits =
            rewriter
                .target()
                .input(input.name(), input.type().withDType(Tensors.fed(dtype)), input.role());
        rewriter.bind(input.name(), bits.cast(dtype));
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
              Value value = rewriter.get(name);
              Value end = end(graph, rewriter, taken, name, value.cast(Tensors.fed(value.dtype())));
              rewriter.target().update(state, end);
              updates.put(state, end.name());
            });
    return new Ports(rewriter.target().build(), outputs, updates);
  }

  private static Value end(
      Graph graph, Rewriter rewriter, Set<String> taken, String name, Value value) {
    boolean own = value.name().equals(name) && graph.producer(name).isPresent() && taken.add(name);
    return own ? value : rewriter.target().identity(value, rewriter.target().unique(name + "/out"));
  }
}
