package dev.graft.testkit.cases;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Operators;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One node with values for its inputs. Immutable.
 *
 * @param operator the row
 * @param inputs the inputs in order, null for an absent one
 * @param outputs the number of outputs, of which {@code left} are left out
 * @param left outputs that the node does not list
 * @param objectives outputs whose gradient is checked
 * @param smooth inputs whose gradient is checked
 */
public record Sample(
    String operator,
    Attributes attributes,
    List<@Nullable Operand> inputs,
    int outputs,
    Set<Integer> left,
    Set<Integer> objectives,
    Set<Integer> smooth) {

  /**
   * An input's value.
   *
   * @param isConstant whether it is a constant of the graph, as axes and shapes mostly are
   */
  public record Operand(HostTensor value, boolean isConstant) {}

  /** A node with one output whose inputs are all fed. */
  public static Sample of(String operator, @Nullable HostTensor... inputs) {
    List<@Nullable Operand> operands = new ArrayList<>();
    Set<Integer> smooth = new TreeSet<>();
    for (int i = 0; i < inputs.length; i++) {
      HostTensor value = inputs[i];
      operands.add(value == null ? null : new Operand(value, false));
      if (value != null && value.dtype().isFloating()) {
        smooth.add(i);
      }
    }
    return new Sample(operator, Attributes.NONE, operands, 1, Set.of(), Set.of(0), smooth);
  }

  /** With an attribute. */
  public Sample with(String name, Object value) {
    return new Sample(
        operator, attributes.with(name, value), inputs, outputs, left, objectives, smooth);
  }

  /** With further inputs that are constants of the graph. */
  public Sample constants(@Nullable HostTensor... more) {
    List<@Nullable Operand> all = new ArrayList<>(inputs);
    Arrays.stream(more).forEach(v -> all.add(v == null ? null : new Operand(v, true)));
    return new Sample(operator, attributes, all, outputs, left, objectives, smooth);
  }

  /** With one more constant input, a vector of {@code INT64}. */
  public Sample vector(long... values) {
    return constants(HostTensor.vector(values));
  }

  /** With so many outputs; gradients are checked of the first one only. */
  public Sample outputs(int count) {
    return new Sample(operator, attributes, inputs, count, left, objectives, smooth);
  }

  /** Leaves an output out. */
  public Sample without(int output) {
    Set<Integer> more = new TreeSet<>(left);
    more.add(output);
    return new Sample(operator, attributes, inputs, outputs, more, objectives, smooth);
  }

  /** Checks gradients of these outputs, not only of the first. */
  public Sample objectives(Integer... which) {
    return new Sample(operator, attributes, inputs, outputs, left, Set.of(which), smooth);
  }

  /** Checks gradients with respect to these inputs only. */
  public Sample smooth(Integer... which) {
    return new Sample(operator, attributes, inputs, outputs, left, objectives, Set.of(which));
  }

  /** Checks no gradient. */
  public Sample notSmooth() {
    return smooth(new Integer[0]);
  }

  /** With every {@code FLOAT32} input in another floating type. */
  public Sample as(DType dtype) {
    List<@Nullable Operand> converted = new ArrayList<>();
    for (Operand o : inputs) {
      boolean convert = o != null && o.value().dtype() == DType.FLOAT32;
      converted.add(convert ? new Operand(o.value().cast(dtype), o.isConstant()) : o);
    }
    return new Sample(operator, attributes, converted, outputs, left, objectives, smooth);
  }

  static String inputName(int i) {
    return "in" + i;
  }

  static String outputName(int i) {
    return "out" + i;
  }

  /** The name of the node, which refusals must give. */
  public static final String NODE = "tested";

  /** A graph of this node alone; inputs that are not constants are batch inputs. */
  public Graph graph() {
    GraphBuilder g = new GraphBuilder();
    List<Value> results = addTo(g);
    results.forEach(g::output);
    return g.build();
  }

  /** Adds inputs and node to a builder. */
  List<Value> addTo(GraphBuilder g) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Operand operand = inputs.get(i);
      names.add(operand == null ? "" : inputName(i));
      if (operand != null && operand.isConstant()) {
        g.constant(inputName(i), operand.value());
      } else if (operand != null) {
        g.input(inputName(i), operand.value().type());
      }
    }
    List<String> results = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      results.add(left.contains(i) ? "" : outputName(i));
    }
    return g.node(new Node(NODE, Operators.get(operator), names, results, attributes)).stream()
        .filter(v -> v != null)
        .map(v -> (Value) v)
        .toList();
  }

  /** The values of the inputs that are fed. */
  public Map<String, HostTensor> feeds() {
    Map<String, HostTensor> feeds = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Operand operand = inputs.get(i);
      if (operand != null && !operand.isConstant()) {
        feeds.put(inputName(i), operand.value());
      }
    }
    return feeds;
  }

  /** The element types of inputs and outputs. */
  public Set<DType> dtypes() {
    Set<DType> found = new TreeSet<>();
    Graph graph = graph();
    feeds().values().forEach(t -> found.add(t.dtype()));
    graph.outputs().forEach(o -> found.add(graph.type(o).dtype()));
    return found;
  }

  @Override
  public String toString() {
    List<String> types = inputs.stream().map(o -> o == null ? "-" : o.value().type() + "").toList();
    return operator + types + (attributes.names().isEmpty() ? "" : " " + attributes);
  }
}
