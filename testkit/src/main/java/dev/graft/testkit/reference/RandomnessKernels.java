package dev.graft.testkit.reference;

import java.util.List;
import java.util.Map;

/** Dropout where it drops nothing. Chance itself is drawn outside of graphs. */
final class RandomnessKernels {
  private RandomnessKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("Dropout", RandomnessKernels::dropout);
  }

  private static List<Array> dropout(Call c) {
    Array x = c.in(0);
    double ratio = c.has(1) ? c.in(1).real(0) : 0.5;
    boolean training = c.has(2) && c.in(2).integer(0) != 0;
    if (training && ratio > 0) {
      throw new IllegalArgumentException(
          "would draw at random; in Graft masks are inputs of a graph, drawn from a seed");
    }
    return List.of(x, ElementwiseKernels.booleans(x.shape, i -> true));
  }
}
