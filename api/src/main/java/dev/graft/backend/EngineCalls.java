package dev.graft.backend;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Calls into the libraries of engines, and what becomes of them when the process ends.
 *
 * <p>A JVM that is told to end (Ctrl-C, SIGTERM, {@code System.exit}) gives native code 0.3 seconds
 * to return and then runs the destructors of native libraries, while other threads may still
 * compute in them: PyTorch's kernels crash on memory that is gone. So the end of the process waits
 * for the calls that are running, and none begins after it. Work that wants to keep what it has is
 * done {@linkplain #beforeEnd before}.
 */
public final class EngineCalls {
  /** Longer than any step; a call that takes more is abandoned, at the risk of a crash. */
  private static final long PATIENCE_SECONDS = 30;

  /** Calls share it; the end of the process takes it for itself and keeps it. */
  private static final ReentrantReadWriteLock GATE = new ReentrantReadWriteLock();

  private static final Set<Runnable> BEFORE_END = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(EngineCalls::end, "graft-end"));
  }

  private EngineCalls() {}

  /** Makes a call that the end of the process waits for. Calls may be nested. */
  public static <R> R call(Supplier<R> body) {
    GATE.readLock().lock();
    try {
      return body.get();
    } finally {
      GATE.readLock().unlock();
    }
  }

  /**
   * Has work done when the process is told to end, while engines still answer.
   *
   * @param work is over in seconds, since the process waits for it
   */
  public static void beforeEnd(Runnable work) {
    BEFORE_END.add(work);
  }

  /** Takes back what {@link #beforeEnd} was told. */
  public static void forget(Runnable work) {
    BEFORE_END.remove(work);
  }

  private static void end() {
    BEFORE_END.forEach(Runnable::run);
    try {
      if (!GATE.writeLock().tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println(
            "an engine has not ended its work within " + PATIENCE_SECONDS + " s; it is broken off");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
