package dev.graft.benchmarks.suite;

import dev.graft.train.Cancellation;

/** Runs cells; called by several threads at once. */
@FunctionalInterface
public interface CellRunner {
  /**
   * Runs one cell; total time and peak memory are measured by the caller.
   *
   * @param cancellation asked between steps
   * @throws java.util.concurrent.CancellationException if it stopped because it was asked to
   * @throws Exception any failure, which is recorded as the cell's outcome
   */
  Outcome run(Cell cell, Cancellation cancellation) throws Exception;
}
