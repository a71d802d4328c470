package dev.graft.data;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a {@link BatchLoader} works.
 *
 * @param threads how many threads decode and prepare
 * @param ahead how many batches are prepared before they are asked for
 * @param skipped is told of each unreadable example, once; if absent, such an example is an error
 */
public record LoaderOptions(int threads, int ahead, Optional<Consumer<SkippedExample>> skipped) {
  public LoaderOptions {
    if (threads < 1 || ahead < 1) {
      throw new IllegalArgumentException(
          "a loader needs at least one thread and one batch ahead, but got "
              + threads
              + " and "
              + ahead);
    }
  }

  /** As many threads as processors; an unreadable example is an error. */
  public static LoaderOptions strict() {
    return new LoaderOptions(Runtime.getRuntime().availableProcessors(), 2, Optional.empty());
  }

  /** As many threads as processors; unreadable examples are left out and reported. */
  public static LoaderOptions skipping(Consumer<SkippedExample> report) {
    return new LoaderOptions(Runtime.getRuntime().availableProcessors(), 2, Optional.of(report));
  }

  public LoaderOptions withThreads(int count) {
    return new LoaderOptions(count, ahead, skipped);
  }

  public LoaderOptions withAhead(int batches) {
    return new LoaderOptions(threads, batches, skipped);
  }
}
