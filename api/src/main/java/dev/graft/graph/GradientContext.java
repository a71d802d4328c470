package dev.graft.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as its gradient rule sees it: inputs and outputs of the forward graph, and the gradients
 * that arrived at the outputs.
 *
 * @param node the forward node; its values belong to the graph being extended
 * @param outputs the forward outputs; null for one the node does not list
 * @param gradients the gradient of the objective for each output; null where none arrived
 * @param needed for each input, whether its gradient is wanted
 */
public record GradientContext(
    NodeContext node,
    List<@Nullable Value> outputs,
    List<@Nullable Value> gradients,
    List<Boolean> needed) {

  public GraphBuilder builder() {
    return node.builder();
  }

  public Value in(int i) {
    return node.in(i);
  }

  public boolean has(int i) {
    return node.has(i);
  }

  public Attributes attributes() {
    return node.attributes();
  }

  /** The first output. */
  public Value y() {
    return y(0);
  }

  public Value y(int i) {
    Value v = outputs.get(i);
    if (v == null) {
      throw node.error("has no output " + i + ", which its derivative needs");
    }
    return v;
  }

  /** The gradient of the first output. */
  public Value dy() {
    return dy(0);
  }

  /** The gradient of output {@code i}; zeros where none arrived. */
  public Value dy(int i) {
    Value g = gradients.get(i);
    return g != null ? g : builder().zeros(y(i).type());
  }

  /** Whether a gradient arrived at output {@code i}. */
  public boolean hasGradient(int i) {
    return i < gradients.size() && gradients.get(i) != null;
  }

  /** Whether the gradient of input {@code i} is wanted; computing others is wasted work. */
  public boolean needs(int i) {
    return i < needed.size() && needed.get(i);
  }

  /** Sums a gradient over the axes along which input {@code i} was broadcast. */
  public Value unbroadcast(Value gradient, int i) {
    return builder().sumTo(gradient, in(i).shape());
  }
}
