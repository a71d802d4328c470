package dev.graft.graph;

import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node as the rules of its operator see it while a graph is being built.
 *
 * @param builder the graph that decompositions and derivatives add to
 * @param operator the row
 * @param name the node's name, for messages and as the stem of new names
 * @param inputs one value per input; null for an absent optional one
 * @param attributes the node's attributes
 * @param outputCount the number of outputs the node lists
 */
public record NodeContext(
    GraphBuilder builder,
    Operator operator,
    String name,
    List<@Nullable Value> inputs,
    Attributes attributes,
    int outputCount) {

  /** Whether the optional input {@code i} is there. */
  public boolean has(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  /** The input {@code i}, which must be there. */
  public Value in(int i) {
    Value v = i < inputs.size() ? inputs.get(i) : null;
    if (v == null) {
      throw error("needs an input " + i);
    }
    return v;
  }

  public TensorType type(int i) {
    return in(i).type();
  }

  /** The value of input {@code i} if it is a constant, or a small tensor that folds to one. */
  public Optional<HostTensor> constant(int i) {
    return has(i) ? builder.knownOf(in(i).name()) : Optional.empty();
  }

  /**
   * What is known of input {@code i} as shape arithmetic: the elements of a small integer tensor in
   * row-major order, each a number or a symbol.
   */
  public Optional<List<Dim>> dims(int i) {
    return has(i) ? builder.dimsOf(in(i).name()) : Optional.empty();
  }

  /** The elements of an integer input that is fully known. */
  public Optional<long[]> longs(int i) {
    Optional<HostTensor> constant = constant(i);
    if (constant.isPresent()) {
      return constant.map(HostTensor::toLongs);
    }
    return dims(i)
        .filter(d -> d.stream().allMatch(Dim::isFixed))
        .map(d -> d.stream().mapToLong(Dim::size).toArray());
  }

  /**
   * The axes of an operator that takes them as the optional input {@code i} (opset 13 and later).
   */
  public Optional<long[]> axes(int i) {
    return has(i) ? longs(i) : Optional.of(new long[0]);
  }

  /** An error at this node. */
  public GraphException error(String problem) {
    return new GraphException(operator.name() + " (node '" + name + "') " + problem);
  }
}
