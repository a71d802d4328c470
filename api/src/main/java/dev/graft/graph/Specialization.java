package dev.graft.graph;

import dev.graft.graph.ops.ExplicitPadding;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives symbolic dimensions their sizes, folds the arithmetic that becomes constant, and drops
 * nodes that have nothing left to do.
 */
public final class Specialization {
  /** Operators that do nothing if their output has the type of their input. */
  private static final Set<String> IDENTITIES =
      Set.of("Cast", "Concat", "Expand", "Flatten", "Identity", "Reshape", "Tile");

  private Specialization() {}

  /**
   * The graph for the given sizes of its symbols. Symbols without a size stay.
   *
   * @param sizes from symbol to size, such as {@code batch} to 32
   */
  public static Graph of(Graph graph, Map<String, Long> sizes) {
    return specialize(graph, new Rewriter(graph).copyInputs(input -> resolve(input.type(), sizes)));
  }

  /** The graph for inputs of exactly these types; inputs that are not named stay. */
  public static Graph ofInputs(Graph graph, Map<String, TensorType> types) {
    return ofInputs(graph, types, Map.of());
  }

  /**
   * The graph for inputs of exactly these types, some of them bound to values and no longer inputs.
   */
  public static Graph ofInputs(
      Graph graph, Map<String, TensorType> types, Map<String, HostTensor> values) {
    Rewriter rewriter = new Rewriter(graph);
    values.forEach((name, value) -> rewriter.bind(name, rewriter.target().constant(name, value)));
    return specialize(
        graph, rewriter.copyInputs(input -> types.getOrDefault(input.name(), input.type())));
  }

  private static Graph specialize(Graph graph, Rewriter rewriter) {
    for (Node node : graph.nodes()) {
      Attributes explicit = ExplicitPadding.of(rewriter.context(node));
      rewriter.copy(
          new Node(node.name(), node.operator(), node.inputs(), node.outputs(), explicit));
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !graph.outputs().contains(output)) {
          bypass(rewriter, node, output);
          fold(rewriter, output);
        }
      }
    }
    return Rewriter.prune(rewriter.finish());
  }

  /** Reads the input where an exporter's node has nothing left to do. */
  private static void bypass(Rewriter rewriter, Node node, String output) {
    Value input = node.hasInput(0) ? rewriter.get(node.inputs().get(0)) : null;
    boolean only = node.inputs().size() == 1 || !node.operator().name().equals("Concat");
    if (input != null
        && only
        && IDENTITIES.contains(node.operator().name())
        && rewriter.get(output).type().equals(input.type())) {
      rewriter.bind(output, input);
    }
  }

  /** Reads a fully known small tensor as a constant; pruning then drops what computed it. */
  private static void fold(Rewriter rewriter, String output) {
    String name = rewriter.get(output).name();
    rewriter
        .target()
        .knownOf(name)
        .ifPresent(known -> rewriter.bind(output, rewriter.target().constant(known)));
  }

  private static TensorType resolve(TensorType type, Map<String, Long> sizes) {
    List<Dim> dims =
        type.shape().dims().stream()
            .map(
                d ->
                    !d.isFixed() && sizes.containsKey(d.toString())
                        ? Dim.of(sizes.get(d.toString()))
                        : d)
            .toList();
    return type.withShape(new Shape(dims));
  }
}
