package dev.graft.backend;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;

/**
 * A node of a graph with fixed shapes, as the translation of its operator asks about it. Backends
 * add how the translation writes what it makes.
 */
public abstract class NodeView {
  protected final Graph graph;
  protected final Node node;

  protected NodeView(Graph graph, Node node) {
    this.graph = graph;
    this.node = node;
  }

  public Attributes attributes() {
    return node.attributes();
  }

  /** The number of inputs, absent optional ones before the last included. */
  public int inputs() {
    return node.inputs().size();
  }

  /** Whether there is an input {@code i}. */
  public boolean has(int i) {
    return node.hasInput(i);
  }

  /** Whether an output is asked for. */
  public boolean wants(int output) {
    return node.hasOutput(output);
  }

  public TensorType type(int i) {
    return graph.type(node.inputs().get(i));
  }

  public TensorType outputType(int i) {
    return graph.type(node.outputs().get(i));
  }

  /** The element type of the first input. */
  public DType dtype() {
    return type(0).dtype();
  }

  /** The rank of the first input. */
  public int rank() {
    return type(0).rank();
  }

  /** The sizes of input {@code i}. */
  public long[] sizes(int i) {
    return type(i).shape().sizes();
  }

  public long[] outputSizes(int i) {
    return outputType(i).shape().sizes();
  }

  /** The value of an input that {@link Backend#supports} has required to be constant. */
  public HostTensor constant(int i) {
    return graph.constants().get(node.inputs().get(i));
  }

  public boolean isConstant(int i) {
    return has(i) && graph.constants().containsKey(node.inputs().get(i));
  }

  /** An attribute axis of the first input, counted from the front. */
  public int axis(String name, long otherwise) {
    return type(0).shape().axis(attributes().i(name, otherwise));
  }
}
