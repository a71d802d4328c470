package dev.graft.backend.tensorflow;

import dev.graft.backend.State;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Tensor;

/**
 * Slots as tensors that every run is fed. A step fetches the tensors that replace them; TensorFlow
 * counts references, so that neither way copies, and a step that fails leaves everything as it was.
 */
final class TensorFlowState implements State {
  private final TensorFlowBackend backend;
  private final Map<String, TensorType> types = new LinkedHashMap<>();
  private final Map<String, Tensor> slots = new LinkedHashMap<>();
  private boolean closed;

  TensorFlowState(TensorFlowBackend backend, ParameterStore values) {
    this.backend = backend;
    values
        .asMap()
        .forEach(
            (name, tensor) -> {
              types.put(name, tensor.type());
              slots.put(name, NativeTensors.upload(tensor));
            });
  }

  boolean belongsTo(TensorFlowBackend other) {
    return backend == other;
  }

  /** The type of a slot. */
  TensorType type(String name) {
    TensorType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException(
          "the program needs a state with a slot '" + name + "', but there is none");
    }
    return type;
  }

  /** The tensor in a slot, which stays the slot's. The caller holds this object's lock. */
  Tensor slot(String name) {
    requireOpen();
    return slots.get(name);
  }

  /** Puts a tensor, owned by the slot from now on, in the place of another. */
  void replace(String name, Tensor tensor) {
    slots.put(name, tensor).close();
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(types.keySet());
  }

  @Override
  public synchronized ParameterStore snapshot() {
    requireOpen();
    Map<String, HostTensor> values = new LinkedHashMap<>();
    slots.forEach(
        (name, tensor) ->
            values.put(name, NativeTensors.download(tensor, types.get(name).dtype())));
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
    values.asMap().forEach((name, tensor) -> replace(name, NativeTensors.upload(tensor)));
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
      slots.values().forEach(Tensor::close);
      slots.clear();
    }
  }
}
