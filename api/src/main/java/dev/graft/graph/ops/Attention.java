package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** Scaled dot-product attention (ONNX opset 23 and 24). */
public final class Attention {
  private Attention() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
