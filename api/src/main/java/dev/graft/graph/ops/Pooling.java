package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Pooling, its gradients, and resizing. */
public final class Pooling {
  private Pooling() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
