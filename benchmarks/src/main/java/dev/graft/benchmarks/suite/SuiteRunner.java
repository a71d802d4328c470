package dev.graft.benchmarks.suite;

import dev.graft.train.Cancellation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the cells of a suite that have no result yet. A cell that fails is recorded and the others
 * go on; it is tried again by the next run. Cells that an interruption cut short leave no trace.
 */
public final class SuiteRunner {
  private final List<Cell> cells;
  private final CellRunner runner;
  private final int workers;
  private final SuiteProgress progress;
  private final Cancellation cancellation;

  /**
   * @param cells in the order in which they are to be begun
   * @param workers how many cells run at once
   */
  public SuiteRunner(
      List<Cell> cells,
      CellRunner runner,
      int workers,
      SuiteProgress progress,
      Cancellation cancellation) {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1: " + workers);
    }
    this.cells = List.copyOf(cells);
    this.runner = runner;
    this.workers = workers;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Runs what is left to do.
   *
   * @param directory where {@code results.jsonl} is or will be
   * @return the results of this suite's cells, those of earlier runs included, in the order of the
   *     cells; without those that a cancellation left out
   */
  public List<CellResult> run(Path directory) throws IOException {
    try (ResultLog log = ResultLog.open(directory)) {
      List<Cell> pending = cells.stream().filter(c -> !log.isDone(c)).toList();
      AtomicInteger next = new AtomicInteger();
      AtomicInteger done = new AtomicInteger(cells.size() - pending.size());
      if (done.get() > 0) {
        log.results().stream()
            .filter(r -> cells.contains(r.cell()))
            .findFirst()
            .ifPresent(r -> progress.cell(done.get(), cells.size(), r));
      }
      Runnable worker =
          () -> {
            while (!cancellation.isRequested()) {
              int i = next.getAndIncrement();
              if (i >= pending.size() || !finish(pending.get(i), log, done)) {
                return;
              }
            }
          };
      inParallel(worker);
      List<CellResult> all = new ArrayList<>(log.results());
      all.removeIf(r -> !cells.contains(r.cell()));
      all.sort(Comparator.comparingInt(r -> cells.indexOf(r.cell())));
      return all;
    }
  }

  private void inParallel(Runnable worker) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        running.add(pool.submit(worker));
      }
      for (Future<?> f : running) {
        f.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException io) {
        throw io.getCause();
      }
      throw new IllegalStateException("running the suite failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } finally {
      pool.shutdownNow();
    }
  }

  /** Runs one cell and records it; false if it was cancelled. */
  private boolean finish(Cell cell, ResultLog log, AtomicInteger done) {
    if (workers == 1) {
      PeakMemory.reset();
    }
    long start = System.nanoTime();
    CpuTime cpu = CpuTime.start(workers > 1);
    Outcome outcome;
    try {
      outcome = runner.run(cell, cancellation);
    } catch (CancellationException e) {
      return false;
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      if (cancellation.isRequested()) {
        return false;
      }
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      outcome = Outcome.failed(reason);
    }
    double seconds = Math.round((System.nanoTime() - start) / 1e6) / 1e3;
    CellResult result =
        new CellResult(cell, outcome.measured(seconds, cpu.seconds(), PeakMemory.mebibytes()));
    try {
      log.append(result);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    progress.cell(done.incrementAndGet(), cells.size(), result);
    return true;
  }
}
