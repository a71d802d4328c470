package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Linear quantization and its inverse. */
public final class Quantization {
  private Quantization() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
