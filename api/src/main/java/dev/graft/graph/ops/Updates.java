package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Optimizer updates as operators: one row per rule, so that a backend can run it in place. */
public final class Updates {
  private Updates() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
