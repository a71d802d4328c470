package dev.graft.graph;

import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A typed tensor graph. Immutable, validated and thread-safe; made by a {@link GraphBuilder}.
 *
 * <p>A graph holds structure and small constants. Parameters are inputs of role {@link Role#STATE},
 * and their values live in a {@link ParameterStore} under the input's name. A <em>training
 * graph</em> also pairs state inputs with the values that replace them after a step ({@link
 * #updates}).
 */
public final class Graph {
  private final List<GraphInput> inputs;
  private final Map<String, HostTensor> constants;
  private final List<Node> nodes;
  private final List<String> outputs;
  private final Map<String, String> updates;
  private final Map<String, TensorType> types;
  private final Map<String, GraphInput> inputsByName = new LinkedHashMap<>();
  private final Map<String, Node> producers = new LinkedHashMap<>();

  /** Trusts its arguments: {@link GraphBuilder} has validated them. */
  Graph(
      List<GraphInput> inputs,
      Map<String, HostTensor> constants,
      List<Node> nodes,
      List<String> outputs,
      Map<String, String> updates,
      Map<String, TensorType> types) {
    this.inputs = List.copyOf(inputs);
    this.constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
    this.nodes = List.copyOf(nodes);
    this.outputs = List.copyOf(outputs);
    this.updates = Collections.unmodifiableMap(new LinkedHashMap<>(updates));
    this.types = Map.copyOf(types);
    inputs.forEach(i -> inputsByName.put(i.name(), i));
    nodes.forEach(n -> n.outputs().forEach(o -> producers.put(o, n)));
  }

  /** All inputs, in order. */
  public List<GraphInput> inputs() {
    return inputs;
  }

  /** The inputs of one role, in order. */
  public List<GraphInput> inputs(Role role) {
    return inputs.stream().filter(i -> i.role() == role).toList();
  }

  public Optional<GraphInput> input(String name) {
    return Optional.ofNullable(inputsByName.get(name));
  }

  /** Small tensors that belong to the structure: shapes, axes, scalars. */
  public Map<String, HostTensor> constants() {
    return constants;
  }

  /** The nodes, each after those it depends on. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The names of the output values, in order. */
  public List<String> outputs() {
    return outputs;
  }

  /** For a training graph: from a state input to the value that replaces it after the step. */
  public Map<String, String> updates() {
    return updates;
  }

  /** The names of all values: inputs, constants and node outputs. */
  public Set<String> values() {
    return types.keySet();
  }

  public boolean has(String value) {
    return types.containsKey(value);
  }

  /** The type of a value; an error that lists close names if there is none. */
  public TensorType type(String value) {
    TensorType type = types.get(value);
    if (type == null) {
      throw new GraphException(
          "the graph has no value '" + value + "'. " + Suggestions.closest(value, types.keySet()));
    }
    return type;
  }

  /** The node that computes a value; empty for inputs and constants. */
  public Optional<Node> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** The nodes that read a value, in order. */
  public List<Node> consumers(String value) {
    return nodes.stream().filter(n -> n.inputs().contains(value)).toList();
  }

  /** A line per input, node and output, for people. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    inputs.forEach(
        i ->
            s.append(i.role())
                .append(' ')
                .append(i.name())
                .append(": ")
                .append(i.type())
                .append('\n'));
    for (Node n : nodes) {
      s.append(n.outputs()).append(" = ").append(n.operator().name()).append(n.inputs());
      s.append(n.attributes().names().isEmpty() ? "" : " " + n.attributes()).append('\n');
    }
    return s.append("-> ")
        .append(outputs)
        .append(updates.isEmpty() ? "" : " " + updates)
        .toString();
  }
}
