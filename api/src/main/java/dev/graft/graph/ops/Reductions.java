package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Sums, means, extrema and norms over axes; arg-extrema, top-k and cumulative sums. */
public final class Reductions {
  private Reductions() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
