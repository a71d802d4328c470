package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Convolution and its transpose, and their gradients. */
public final class Convolutions {
  private Convolutions() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
