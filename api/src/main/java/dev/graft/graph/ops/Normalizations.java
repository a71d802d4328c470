package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Batch, layer, instance, group, RMS and local response normalization, and their gradients. */
public final class Normalizations {
  private Normalizations() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
