package dev.graft.testkit.reference;

import java.util.List;

/** Computes the outputs of one operator. Stateless; results are rounded by the interpreter. */
@FunctionalInterface
interface Kernel {
  /**
   * @return the outputs in order, at least as many as the node lists; element types are those of
   *     the graph, up to rounding
   */
  List<Array> run(Call call);
}
