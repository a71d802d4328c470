package dev.graft.backend;

/**
 * How a backend is opened.
 *
 * @param threads compute threads of one program; 0 for the number of processors
 */
public record BackendOptions(int threads) {
  public static final BackendOptions DEFAULT = new BackendOptions(0);

  public BackendOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must be 0 (all processors) or more: " + threads);
    }
  }

  /** The number of threads, with the default resolved. */
  public int effectiveThreads() {
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }
}
