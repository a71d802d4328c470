package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Losses and their gradients. */
public final class Losses {
  private Losses() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
