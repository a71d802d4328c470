package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Gather, scatter, one-hot and their gradients. */
public final class Indexing {
  private Indexing() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
