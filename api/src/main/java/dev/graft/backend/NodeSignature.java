package dev.graft.backend;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Operator;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a backend is asked about: an operator with its attributes and types, not yet any data.
 *
 * @param inputs the input types, null for absent optional ones
 * @param constants for each input its value where it is a constant of the graph, else null
 * @param outputs the output types, null for those not asked for
 */
public record NodeSignature(
    Operator operator,
    Attributes attributes,
    List<@Nullable TensorType> inputs,
    List<@Nullable HostTensor> constants,
    List<@Nullable TensorType> outputs) {

  /** The signature of a node in its graph. */
  public static NodeSignature of(Graph graph, Node node) {
    List<@Nullable TensorType> inputs = new ArrayList<>();
    List<@Nullable HostTensor> constants = new ArrayList<>();
    for (String name : node.inputs()) {
      inputs.add(name.isEmpty() ? null : graph.type(name));
      constants.add(graph.constants().get(name));
    }
    List<@Nullable TensorType> outputs = new ArrayList<>();
    for (String name : node.outputs()) {
      outputs.add(name.isEmpty() ? null : graph.type(name));
    }
    return new NodeSignature(node.operator(), node.attributes(), inputs, constants, outputs);
  }

  /** The type of input {@code i}, which must be there. */
  public TensorType input(int i) {
    TensorType t = inputs.get(i);
    if (t == null) {
      throw new IllegalStateException(operator.name() + " has no input " + i);
    }
    return t;
  }

  public boolean hasInput(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  public boolean hasOutput(int i) {
    return i < outputs.size() && outputs.get(i) != null;
  }
}
