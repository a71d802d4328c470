package dev.graft.train;

/**
 * Asked between steps whether to stop. Training that is cancelled ends in good order and gives the
 * best parameters so far. Implementations are thread-safe.
 */
@FunctionalInterface
public interface Cancellation {
  /** Never stops. */
  Cancellation NEVER = () -> false;

  boolean isRequested();
}
