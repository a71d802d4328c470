package dev.graft.benchmarks.suite;

/** Hears how far a suite is. Called by the threads that run cells; must be thread-safe. */
@FunctionalInterface
public interface SuiteProgress {
  /** Says nothing. */
  SuiteProgress SILENT = (done, total, last) -> {};

  /**
   * A cell has ended, or was found finished at the beginning.
   *
   * @param done cells that have a result, those of earlier runs included
   * @param total cells of the suite
   * @param last the cell that ended
   */
  void cell(int done, int total, CellResult last);
}
