package dev.graft.graph.ops;

import dev.graft.graph.Operator;
import java.util.List;

/** RNN, GRU and LSTM, decomposed into unrolled steps. */
public final class Recurrent {
  private Recurrent() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of();
  }
}
