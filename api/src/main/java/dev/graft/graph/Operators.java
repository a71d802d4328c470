package dev.graft.graph;

import dev.graft.graph.ops.Activations;
import dev.graft.graph.ops.Attention;
import dev.graft.graph.ops.Convolutions;
import dev.graft.graph.ops.Elementwise;
import dev.graft.graph.ops.Indexing;
import dev.graft.graph.ops.LinearAlgebra;
import dev.graft.graph.ops.Losses;
import dev.graft.graph.ops.Normalizations;
import dev.graft.graph.ops.Pooling;
import dev.graft.graph.ops.Quantization;
import dev.graft.graph.ops.Randomness;
import dev.graft.graph.ops.Recurrent;
import dev.graft.graph.ops.Reductions;
import dev.graft.graph.ops.ShapeOperators;
import dev.graft.graph.ops.Updates;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The operator table. */
public final class Operators {
  /**
   * The opset whose semantics graphs have inside, and that written files are stamped with. Rows
   * defined by a newer opset are decomposed on the way out.
   */
  public static final int OPSET = 21;

  private static final Map<String, Operator> ROWS = new TreeMap<>();

  static {
    Stream.of(
            Elementwise.rows(),
            Activations.rows(),
            Reductions.rows(),
            ShapeOperators.rows(),
            Indexing.rows(),
            LinearAlgebra.rows(),
            Convolutions.rows(),
            Pooling.rows(),
            Normalizations.rows(),
            Recurrent.rows(),
            Attention.rows(),
            Losses.rows(),
            Quantization.rows(),
            Randomness.rows(),
            Updates.rows())
        .flatMap(List::stream)
        .forEach(
            row -> {
              if (ROWS.put(row.name(), row) != null) {
                throw new IllegalStateException("two rows are called " + row.name());
              }
            });
  }

  private Operators() {}

  /** All rows, by name. */
  public static Collection<Operator> all() {
    return ROWS.values();
  }

  public static boolean has(String name) {
    return ROWS.containsKey(name);
  }

  public static Operator get(String name) {
    Operator row = ROWS.get(name);
    if (row == null) {
      throw new GraphException(
          "no operator '" + name + "'. " + Suggestions.closest(name, ROWS.keySet()));
    }
    return row;
  }
}
