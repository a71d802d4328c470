package dev.graft.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.graft.backend.State;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Slots in PyTorch's memory, which training steps overwrite. */
final class DjlState implements State {
  private final DjlBackend backend;
  private final PtNDManager manager;
  private final Map<String, TensorType> types = new LinkedHashMap<>();
  private final Map<String, PtNDArray> slots = new LinkedHashMap<>();
  private boolean closed;

  DjlState(DjlBackend backend, ParameterStore values) {
    this.backend = backend;
    this.manager = backend.newManager();
    values
        .asMap()
        .forEach(
            (name, tensor) -> {
              types.put(name, tensor.type());
              slots.put(name, Layouts.upload(manager, tensor, backend.threads()));
            });
  }

  boolean belongsTo(DjlBackend other) {
    return backend == other;
  }

  /** The type and the tensor of a slot. The caller holds this object's lock. */
  TensorType type(String name) {
    TensorType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException(
          "the program needs a state with a slot '" + name + "', but there is none");
    }
    return type;
  }

  PtNDArray slot(String name) {
    requireOpen();
    return slots.get(name);
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(types.keySet());
  }

  @Override
  public synchronized ParameterStore snapshot() {
    requireOpen();
    Map<String, HostTensor> values = new LinkedHashMap<>();
    try (PtNDManager scope = backend.newManager()) {
      slots.forEach(
          (name, array) ->
              values.put(name, Layouts.download(scope, array, types.get(name), backend.threads())));
    }
    return ParameterStore.of(values);
  }

  @Override
  public synchronized void restore(ParameterStore values) {
    requireOpen();
    values
        .asMap()
        .forEach(
            (name, tensor) -> {
              if (!type(name).equals(tensor.type())) {
                throw new IllegalArgumentException(
                    "slot '" + name + "' is " + type(name) + ", not " + tensor.type());
              }
            });
    values
        .asMap()
        .forEach(
            (name, tensor) ->
                slots.put(name, Layouts.upload(manager, tensor, backend.threads())).close());
  }

  private void requireOpen() {
    backend.requireOpen();
    if (closed) {
      throw new IllegalStateException("the state is closed");
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      manager.close();
    }
  }
}
