package dev.graft.backend;

import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;

/**
 * How tensors get into an engine's memory and out of it; with it {@link EngineState} and {@link
 * EngineFetches} do for a backend what all backends do alike. Thread-safe.
 *
 * @param <T> the engine's tensor
 */
public interface EngineMemory<T> {
  /**
   * @throws IllegalStateException if the backend is closed
   */
  void requireOpen();

  /** A copy in the engine's memory, which the caller releases. */
  T upload(HostTensor value);

  /** A copy on the host. */
  HostTensor download(T tensor, TensorType type);

  void release(T tensor);

  /**
   * Told of a state or of fetched outputs that have been closed, and whose tensors are released.
   */
  default void closed(AutoCloseable owner) {}
}
