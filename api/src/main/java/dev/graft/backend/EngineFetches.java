package dev.graft.backend;

import dev.graft.graph.Suggestions;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Outputs as an engine's own tensors, for backends to return from runs. Thread-safe.
 *
 * @param <T> the engine's tensor
 */
public final class EngineFetches<T> implements Fetches {
  private final EngineMemory<T> memory;
  private final Map<String, Output<T>> outputs = new LinkedHashMap<>();
  private boolean closed;

  /** Outputs that come with {@link #add}. */
  public EngineFetches(EngineMemory<T> memory) {
    this.memory = memory;
  }

  /** Adds an output and takes over its tensor; while nobody else knows these fetches. */
  public void add(String name, T tensor, TensorType type) {
    outputs.put(name, new Output<>(this, name, tensor, type));
  }

  private record Output<T>(EngineFetches<T> owner, String name, T tensor, TensorType type)
      implements Tensor {
    T handle() {
      owner.memory.requireOpen();
      synchronized (owner) {
        if (owner.closed) {
          throw new IllegalStateException(
              "output '" + name + "' is used after its Fetches were closed; copy it before");
        }
        return tensor;
      }
    }

    @Override
    public HostTensor toHost() {
      synchronized (owner) {
        return owner.memory.download(handle(), type);
      }
    }
  }

  /**
   * The engine's tensor of an output that lies in this memory, so that it can be fed without a
   * copy; null for other tensors.
   *
   * @throws IllegalStateException if it was closed with its fetches
   */
  @SuppressWarnings("unchecked") // the memory holds tensors of one kind
  public static <T> @Nullable T handle(EngineMemory<T> memory, Tensor tensor) {
    return tensor instanceof Output<?> own && own.owner.memory == memory
        ? ((Output<T>) own).handle()
        : null;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(outputs.keySet());
  }

  @Override
  public Tensor get(String name) {
    Output<T> output = outputs.get(name);
    if (output == null) {
      throw new IllegalArgumentException(
          "the program has no output '"
              + name
              + "'. "
              + Suggestions.closest(name, outputs.keySet()));
    }
    output.handle();
    return output;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      outputs.values().forEach(output -> memory.release(output.tensor));
    }
    memory.closed(this);
  }
}
