package dev.graft.backend.djl;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The TorchScript text of a graph with fixed shapes: one method that takes a list of tensors and
 * gives a list of tensors.
 *
 * <p>The list it takes holds the graph's inputs in their order, then the constants. Updates of state
 * are written in place at the end, when everything else has been computed, so that a step that fails
 * leaves the state as it was.
 */
final class ProgramText {
  private final StringBuilder lines = new StringBuilder();
  private final Map<String, String> variables = new HashMap<>();
  private final Map<HostTensor, String> constants = new LinkedHashMap<>();
  private final List<String> inputs = new ArrayList<>();
  private final Graph graph;
  private int count;

  private ProgramText(Graph graph) {
    this.graph = graph;
  }

  /**
   * A translated graph.
   *
   * @param source the text of the method
   * @param inputs the graph's inputs in the order in which they are passed
   * @param constants what is passed behind them
   */
  record Translated(String source, List<String> inputs, List<HostTensor> constants) {}

  /** Translates a graph whose nodes are all supported. */
  static Translated of(Graph graph) {
    return new ProgramText(graph).translate();
  }

  private Translated translate() {
    for (GraphInput input : graph.inputs()) {
      inputs.add(input.name());
      String carried = "x[" + (inputs.size() - 1) + "]";
      variables.put(input.name(), temporary(uncarry(carried, input.type().dtype())));
    }
    List<Node> updates = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (UpdateOperators.isInPlace(graph, node)) {
        updates.add(node);
      } else {
        TorchOperators.emit(new Emission(this, graph, node), node);
      }
    }
    updates.forEach(node -> TorchOperators.emit(new Emission(this, graph, node), node));
    List<String> results = new ArrayList<>();
    for (String output : graph.outputs()) {
      results.add(carry(variable(output), graph.type(output).dtype()));
    }
    String returned = temporary("[" + String.join(", ", results) + "]");
    // Outputs are computed before state moves, and may be views of it no longer.
    graph
        .updates()
        .forEach(
            (state, value) -> {
              String target = variable(state);
              if (!target.equals(variable(value))) {
                temporary(Emission.call("copy_", target, variable(value)));
              }
            });
    String head =
        "  def forward(self: __torch__.Program, x: List[Tensor]) -> List[Tensor]:\n";
    String loads = loads();
    return new Translated(
        head + loads + lines + "    return " + returned + "\n",
        List.copyOf(inputs),
        List.copyOf(constants.keySet()));
  }

  private String loads() {
    StringBuilder loads = new StringBuilder();
    int position = inputs.size();
    for (Map.Entry<HostTensor, String> constant : constants.entrySet()) {
      String carried = uncarry("x[" + position++ + "]", constant.getKey().dtype());
      loads.append("    ").append(constant.getValue()).append(" = ").append(carried).append('\n');
    }
    return loads.toString();
  }

  private static String uncarry(String value, DType dtype) {
    return TorchTypes.carrier(dtype) == dtype ? value : Emission.cast(value, dtype);
  }

  private static String carry(String value, DType dtype) {
    DType carrier = TorchTypes.carrier(dtype);
    return carrier == dtype ? value : Emission.cast(value, carrier);
  }

  /** The variable of a value of the graph. */
  String variable(String value) {
    HostTensor constant = graph.constants().get(value);
    if (constant != null) {
      return constant(constant);
    }
    String variable = variables.get(value);
    if (variable == null) {
      throw new IllegalStateException("'" + value + "' has not been computed");
    }
    return variable;
  }

  String constant(HostTensor value) {
    return constants.computeIfAbsent(value, v -> "c" + constants.size());
  }

  void assign(String value, String expression) {
    variables.put(value, temporary(expression));
  }

  String temporary(String expression) {
    String name = "v" + count++;
    lines.append("    ").append(name).append(" = ").append(expression).append('\n');
    return name;
  }

  List<String> temporaries(int n, String expression) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      names.add("v" + count++);
    }
    lines
        .append("    ")
        .append(String.join(", ", names))
        .append(n == 1 ? ", = " : " = ")
        .append(expression)
        .append('\n');
    return names;
  }
}
