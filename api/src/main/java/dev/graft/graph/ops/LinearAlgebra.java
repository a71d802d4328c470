package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Matrix products: MatMul, Gemm, Einsum. */
public final class LinearAlgebra {
  private LinearAlgebra() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
