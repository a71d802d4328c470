package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;
import java.util.stream.Stream;

/** Operators that move, repeat or describe elements without computing with them. */
public final class ShapeOperators {
  private ShapeOperators() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return Stream.of(Views.rows(), Slicing.rows(), Padding.rows(), Generators.rows())
        .flatMap(List::stream)
        .toList();
  }
}
