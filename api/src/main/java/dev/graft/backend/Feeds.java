package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks what a caller feeds to a program, the same way for every backend. */
public final class Feeds {
  private Feeds() {}

  /**
   * Checks that every input which is not a parameter is fed a tensor that fits, and nothing else.
   *
   * @throws IllegalArgumentException that says which feed is missing, unknown or of a wrong type
   */
  public static void check(Graph graph, Map<String, ? extends Tensor> feeds) {
    List<GraphInput> expected =
        graph.inputs().stream().filter(i -> i.role() != Role.STATE).toList();
    for (String name : feeds.keySet()) {
      Optional<GraphInput> input = graph.input(name);
      if (input.isEmpty()) {
        throw new IllegalArgumentException(
            "the program has no input '"
                + name
                + "'; it takes "
                + expected.stream().map(GraphInput::name).toList());
      }
      if (input.get().role() == Role.STATE) {
        throw new IllegalArgumentException(
            "'" + name + "' is a parameter; it is compiled in or lives in the state, not fed");
      }
    }
    Map<Dim, Long> symbols = new HashMap<>();
    for (GraphInput input : expected) {
      Tensor tensor = feeds.get(input.name());
      if (tensor == null) {
        throw new IllegalArgumentException(
            "input '" + input.name() + "' (" + input.type() + ") is not fed");
      }
      requireFit(input, tensor.type(), symbols);
    }
  }

  private static void requireFit(GraphInput input, TensorType fed, Map<Dim, Long> symbols) {
    TensorType wanted = input.type();
    if (!fits(fed, wanted)) {
      throw new IllegalArgumentException(
          "input '" + input.name() + "' must be " + wanted + ", but is fed " + fed);
    }
    for (int i = 0; i < wanted.rank(); i++) {
      Dim dim = wanted.shape().dim(i);
      long size = fed.shape().dim(i).size();
      Long known = dim.isFixed() ? null : symbols.putIfAbsent(dim, size);
      if (known != null && known != size) {
        throw new IllegalArgumentException(
            "input '"
                + input.name()
                + "' is fed "
                + fed
                + ", where '"
                + dim
                + "' is "
                + size
                + ", but another axis of that name has "
                + known);
      }
    }
  }

  /** Whether a tensor has the element type, the rank and the fixed sizes that are wanted. */
  public static boolean fits(TensorType given, TensorType wanted) {
    if (given.dtype() != wanted.dtype() || given.rank() != wanted.rank()) {
      return false;
    }
    for (int i = 0; i < wanted.rank(); i++) {
      Dim dim = wanted.shape().dim(i);
      if (dim.isFixed() && !dim.equals(given.shape().dim(i))) {
        return false;
      }
    }
    return true;
  }
}
