package dev.graft.backend.djl;

import dev.graft.backend.NodeView;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One node of a graph with fixed shapes, on its way to TorchScript: what an operator's translation
 * asks for, and the lines it adds.
 */
final class Emission extends NodeView {
  private final ProgramText text;

  Emission(ProgramText text, Graph graph, Node node) {
    super(graph, node);
    this.text = text;
  }

  // --- lines

  /** The variable of input {@code i}, or {@code None}. */
  String in(int i) {
    return has(i) ? text.variable(node.inputs().get(i)) : "None";
  }

  List<String> all() {
    return IntStream.range(0, inputs()).mapToObj(this::in).toList();
  }

  /** Gives output {@code i} its value. */
  void out(int i, String expression) {
    if (wants(i)) {
      text.assign(node.outputs().get(i), expression);
    }
  }

  /** Gives the first output its value. */
  void out(String expression) {
    out(0, expression);
  }

  /** Whether this node may overwrite the state that it reads; see {@link UpdateOperators}. */
  boolean isInPlace() {
    return UpdateOperators.isInPlace(graph, node);
  }

  /** Output {@code i} is the very tensor of input {@code j}, which has been overwritten. */
  void outIsInput(int i, int j) {
    text.alias(node.outputs().get(i), in(j));
  }

  /** A new variable with a value. */
  String let(String expression) {
    return text.temporary(expression);
  }

  /** A variable with this value, the same one for every node that asks for the same expression. */
  String shared(String expression) {
    return text.shared(expression);
  }

  /** New variables for the members of a tuple. */
  List<String> lets(int count, String expression) {
    return text.temporaries(count, expression);
  }

  /** A line that is run for its effect. */
  void effect(String expression) {
    text.temporary(expression);
  }

  /** The variable of a constant that the translation needs. */
  String constant(HostTensor value) {
    return text.constant(value);
  }

  // --- literals

  static String list(long... values) {
    return Arrays.stream(values)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** A list with the same number {@code n} times. */
  static String repeated(long value, int n) {
    long[] values = new long[n];
    Arrays.fill(values, value);
    return list(values);
  }

  /** A floating literal, of which TorchScript wants a point or an exponent. */
  static String number(double v) {
    if (Double.isNaN(v)) {
      return "float('nan')";
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? "float('inf')" : "float('-inf')";
    }
    return Double.toString(v).replace('E', 'e');
  }

  static String bool(boolean b) {
    return b ? "True" : "False";
  }

  static String dtype(DType dtype) {
    return Integer.toString(TorchTypes.code(dtype));
  }

  /** {@code torch.name(arguments)}. */
  static String call(String name, Object... arguments) {
    return Arrays.stream(arguments)
        .map(Object::toString)
        .collect(Collectors.joining(", ", "torch." + name + "(", ")"));
  }

  static String cast(String value, DType to) {
    return call("to", value, dtype(to));
  }

  static String reshape(String value, long... sizes) {
    return call("reshape", value, list(sizes));
  }
}
