package dev.graft.backend;

import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Suggestions;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Slots as an engine's own tensors, for backends to make their states of. A step holds this
 * object's lock while it reads and replaces slots; so steps and copies take turns.
 *
 * @param <T> the engine's tensor
 */
public final class EngineState<T> implements State {
  private final EngineMemory<T> memory;
  private final Map<String, TensorType> types = new LinkedHashMap<>();
  private final Map<String, T> slots = new LinkedHashMap<>();
  private boolean closed;

  public EngineState(EngineMemory<T> memory, ParameterStore values) {
    this.memory = memory;
    values
        .asMap()
        .forEach(
            (name, value) -> {
              types.put(name, value.type());
              slots.put(name, memory.upload(value));
            });
  }

  /** No slots: what a program runs on that needs none. */
  public static <T> EngineState<T> none(EngineMemory<T> memory) {
    return new EngineState<>(memory, ParameterStore.EMPTY);
  }

  /**
   * A state that lies in this memory.
   *
   * @throws IllegalArgumentException if it is another backend's
   */
  @SuppressWarnings("unchecked") // the memory holds tensors of one kind
  public static <T> EngineState<T> in(EngineMemory<T> memory, State state) {
    if (state instanceof EngineState<?> own && own.memory == memory) {
      return (EngineState<T>) own;
    }
    throw new IllegalArgumentException(
        "the state belongs to another backend; take a snapshot there and make a state of it with"
            + " newState of the backend that compiled the program");
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(types.keySet());
  }

  /**
   * The tensor for a state input of a program. It stays the slot's, and may be overwritten in
   * place. To be called, and used, under this object's lock.
   *
   * @throws IllegalArgumentException if there is no such slot, or one of another type
   */
  public T get(GraphInput input) {
    requireOpen();
    TensorType type = type(input.name());
    if (!Feeds.fits(type, input.type())) {
      throw new IllegalArgumentException(
          "the program needs a slot '"
              + input.name()
              + "' of "
              + input.type()
              + ", but it is "
              + type);
    }
    return slots.get(input.name());
  }

  /** Gives slots new tensors and releases the old ones. To be called under this object's lock. */
  public void replace(Map<String, T> updated) {
    updated.forEach((name, tensor) -> memory.release(slots.put(name, tensor)));
  }

  private TensorType type(String name) {
    TensorType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException(
          types.isEmpty()
              ? "the program reads slot '" + name + "' from a state; give it one that has it"
              : "the state has no slot '"
                  + name
                  + "'. "
                  + Suggestions.closest(name, types.keySet()));
    }
    return type;
  }

  @Override
  public synchronized ParameterStore snapshot() {
    requireOpen();
    Map<String, HostTensor> values = new LinkedHashMap<>();
    slots.forEach((name, tensor) -> values.put(name, memory.download(tensor, types.get(name))));
    return ParameterStore.of(values);
  }

  @Override
  public synchronized void restore(ParameterStore values) {
    requireOpen();
    values
        .asMap()
        .forEach(
            (name, value) -> {
              if (!type(name).equals(value.type())) {
                throw new IllegalArgumentException(
                    "slot '" + name + "' is " + type(name) + ", not " + value.type());
              }
            });
    Map<String, T> fresh = new LinkedHashMap<>();
    values.asMap().forEach((name, value) -> fresh.put(name, memory.upload(value)));
    replace(fresh);
  }

  private void requireOpen() {
    memory.requireOpen();
    if (closed) {
      throw new IllegalStateException("the state is closed");
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      slots.values().forEach(memory::release);
      slots.clear();
    }
    memory.closed(this);
  }
}
