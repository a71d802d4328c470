package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Arithmetic, comparison, logic, rounding, casts and other functions of single elements. */
public final class Elementwise {
  private Elementwise() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
