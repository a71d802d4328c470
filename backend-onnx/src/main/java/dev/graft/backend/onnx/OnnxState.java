package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import dev.graft.backend.State;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Suggestions;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Slots as native tensors. A step reads the slots and writes new tensors, which then take their
 * places; a slot is never written to, so a step that fails leaves all as it was.
 */
final class OnnxState implements State {
  private final OnnxBackend backend;
  private final SlotShape shapes;
  private final Map<String, TensorType> types = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> slots = new LinkedHashMap<>();
  private boolean closed;

  OnnxState(OnnxBackend backend, ParameterStore values, SlotShape shapes) {
    this.backend = backend;
    this.shapes = shapes;
    values.asMap().forEach((name, tensor) -> types.put(name, tensor.type()));
    values.asMap().forEach((name, tensor) -> slots.put(name, slot(tensor)));
    backend.opened(this);
  }

  private OnnxTensor slot(HostTensor tensor) {
    return Tensors.toNative(tensor, shapes.of(tensor.type()).shape());
  }

  boolean belongsTo(OnnxBackend other) {
    return backend == other;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(types.keySet());
  }

  /** The type of a slot; an error that lists close names if there is none. */
  TensorType type(String name) {
    TensorType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException(
          "the state has no slot '" + name + "'. " + Suggestions.closest(name, types.keySet()));
    }
    return type;
  }

  /** The native tensor of a slot. To be called, and used, under this object's lock. */
  OnnxTensor slot(String name) {
    checkOpen();
    type(name);
    return slots.get(name);
  }

  /** Lets new tensors take the places of old ones. To be called under this object's lock. */
  void replace(Map<String, OnnxTensor> updated) {
    updated.forEach((name, tensor) -> slots.put(name, tensor).close());
  }

  @Override
  public synchronized ParameterStore snapshot() {
    checkOpen();
    Map<String, HostTensor> copies = new LinkedHashMap<>();
    slots.forEach((name, t) -> copies.put(name, Tensors.toHost(t, types.get(name))));
    return ParameterStore.of(copies);
  }

  @Override
  public synchronized void restore(ParameterStore values) {
    checkOpen();
    values
        .asMap()
        .forEach(
            (name, tensor) -> {
              if (!tensor.type().equals(type(name))) {
                throw new IllegalArgumentException(
                    "slot '" + name + "' is " + type(name) + ", but got " + tensor.type());
              }
            });
    Map<String, OnnxTensor> fresh = new LinkedHashMap<>();
    values.asMap().forEach((name, tensor) -> fresh.put(name, slot(tensor)));
    replace(fresh);
  }

  private void checkOpen() {
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
      slots.values().forEach(OnnxTensor::close);
      slots.clear();
    }
    backend.closed(this);
  }
}
