package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Operators that move, cut, join or describe tensors without computing on their elements. */
public final class ShapeOperators {
  private ShapeOperators() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
