package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Dropout and random values. */
public final class Randomness {
  private Randomness() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
