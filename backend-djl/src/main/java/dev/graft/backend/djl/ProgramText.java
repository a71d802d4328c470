package dev.graft.backend.djl;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The TorchScript text of a graph with fixed shapes. Each method takes a list of tensors, the
 * graph's inputs in their order and then the constants, and gives the list of outputs.
 *
 * <p>{@code forward} computes the outputs. {@code step}, which only a training graph has, then also
 * moves the state, in place and at the very end, so that a step that fails leaves it as it was.
 */
final class ProgramText {
  private final Graph graph;
  private final Map<HostTensor, String> constants;
  private final StringBuilder lines = new StringBuilder();
  private final Map<String, String> variables = new HashMap<>();
  private final Set<String> inputVariables = new HashSet<>();
  private final Map<String, String> shared = new HashMap<>();
  private int count;

  private ProgramText(Graph graph, Map<HostTensor, String> constants) {
    this.graph = graph;
    this.constants = constants;
  }

  /**
   * A translated graph.
   *
   * @param methods the source text
   * @param constants what is passed behind the graph's inputs
   */
  record Translated(String methods, List<HostTensor> constants) {}

  /** Translates a graph whose nodes are all supported. */
  static Translated of(Graph graph) {
    Map<HostTensor, String> constants = new LinkedHashMap<>();
    ProgramText forward = new ProgramText(graph, constants);
    String forwardBody = forward.body(false);
    String methods;
    if (graph.updates().isEmpty()) {
      methods = forward.method("forward", forwardBody);
    } else {
      ProgramText step = new ProgramText(graph, constants);
      String stepBody = step.body(true);
      methods = forward.method("forward", forwardBody) + step.method("step", stepBody);
    }
    return new Translated(methods, List.copyOf(constants.keySet()));
  }

  private String method(String name, String body) {
    StringBuilder loads = new StringBuilder();
    int position = graph.inputs().size();
    for (Map.Entry<HostTensor, String> constant : constants.entrySet()) {
      String carried = uncarry("x[" + position++ + "]", constant.getKey().dtype());
      loads.append("    ").append(constant.getValue()).append(" = ").append(carried).append('\n');
    }
    return "  def "
        + name
        + "(self: __torch__.Program, x: List[Tensor]) -> List[Tensor]:\n"
        + loads
        + body;
  }

  private String body(boolean moves) {
    for (int i = 0; i < graph.inputs().size(); i++) {
      GraphInput input = graph.inputs().get(i);
      String variable = temporary(uncarry("x[" + i + "]", input.type().dtype()));
      variables.put(input.name(), variable);
      inputVariables.add(variable);
    }
    List<Node> inPlace = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (UpdateOperators.isInPlace(graph, node)) {
        inPlace.add(node);
      } else {
        emit(node);
      }
    }
    List<String> results = new ArrayList<>();
    for (String output : graph.outputs()) {
      results.add(carry(variable(output), graph.type(output).dtype()));
    }
    String returned =
        results.isEmpty()
            ? "annotate(List[Tensor], [])"
            : temporary("[" + String.join(", ", results) + "]");
    if (moves) {
      inPlace.forEach(this::emit);
      graph.updates().forEach(this::move);
    }
    return lines + "    return " + returned + "\n";
  }

  private void emit(Node node) {
    TorchOperators.emit(new Emission(this, graph, node), node);
  }

  private void move(String state, String value) {
    String target = variable(state);
    if (!target.equals(variable(value))) {
      temporary(Emission.call("copy_", target, variable(value)));
    }
  }

  private static String uncarry(String value, DType dtype) {
    return TorchTypes.carrier(dtype) == dtype ? value : Emission.cast(value, dtype);
  }

  /** What leaves is laid out in rows, and is no view of a state that a later step moves. */
  private String carry(String value, DType dtype) {
    DType carrier = TorchTypes.carrier(dtype);
    String carried = carrier == dtype ? value : Emission.cast(value, carrier);
    String own = inputVariables.contains(value) ? Emission.call("clone", carried) : carried;
    return Emission.call("contiguous", own);
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

  void alias(String value, String variable) {
    variables.put(value, variable);
  }

  String temporary(String expression) {
    String name = "v" + count++;
    lines.append("    ").append(name).append(" = ").append(expression).append('\n');
    return name;
  }

  String shared(String expression) {
    String known = shared.get(expression);
    if (known == null) {
      known = temporary(expression);
      shared.put(expression, known);
    }
    return known;
  }

  List<String> temporaries(int n, String expression) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      names.add("v" + count++);
    }
    lines
        .append("    ")
        .append(String.join(", ", names))
        .append(" = ")
        .append(expression)
        .append('\n');
    return names;
  }
}
