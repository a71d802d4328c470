package dev.graft.testkit.reference;

import dev.graft.backend.State;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import java.util.Map;
import java.util.Set;

/** Named slots on the Java heap. Its methods, and steps on it, take turns. */
final class ReferenceState implements State {
  private final ReferenceBackend backend;
  private ParameterStore slots;
  private boolean closed;

  ReferenceState(ReferenceBackend backend, ParameterStore slots) {
    this.backend = backend;
    this.slots = slots;
  }

  boolean belongsTo(ReferenceBackend other) {
    return backend == other;
  }

  synchronized Map<String, HostTensor> slots() {
    requireOpen();
    return slots.asMap();
  }

  @Override
  public synchronized Set<String> names() {
    requireOpen();
    return slots.names();
  }

  @Override
  public synchronized ParameterStore snapshot() {
    requireOpen();
    return slots;
  }

  @Override
  public synchronized void restore(ParameterStore values) {
    requireOpen();
    values
        .asMap()
        .forEach(
            (name, value) -> {
              if (!slots.has(name)) {
                throw new IllegalArgumentException(
                    "the state has no slot '" + name + "'; it has " + slots.names());
              }
              if (!slots.get(name).type().equals(value.type())) {
                throw new IllegalArgumentException(
                    "slot '"
                        + name
                        + "' is "
                        + slots.get(name).type()
                        + " and cannot become "
                        + value.type());
              }
            });
    slots = slots.with(values);
  }

  private void requireOpen() {
    backend.requireOpen();
    if (closed) {
      throw new IllegalStateException("the state is closed");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
