package dev.graft.graph;

import java.util.List;

/**
 * One application of an operator. Inputs and outputs are names of values; an empty name stands for
 * an optional one that is absent.
 */
public record Node(
    String name,
    Operator operator,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes) {
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Whether the optional input {@code i} is there. */
  public boolean hasInput(int i) {
    return i < inputs.size() && !inputs.get(i).isEmpty();
  }

  /** Whether the optional output {@code i} is asked for. */
  public boolean hasOutput(int i) {
    return i < outputs.size() && !outputs.get(i).isEmpty();
  }

  Node named(String other) {
    return new Node(other, operator, inputs, outputs, attributes);
  }

  /** For messages: {@code Conv (node 'layer1.conv1')}. */
  public String describe() {
    return operator.name() + " (node '" + name + "')";
  }
}
