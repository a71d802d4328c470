package dev.graft.testkit.reference;

import dev.graft.backend.EngineMemory;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;

/** Java's heap: tensors are host tensors, which never change, so nothing is copied or released. */
final class ReferenceMemory implements EngineMemory<HostTensor> {
  private volatile boolean closed;

  @Override
  public void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend '" + ReferenceBackendProvider.NAME + "' is closed");
    }
  }

  @Override
  public HostTensor upload(HostTensor value) {
    return value;
  }

  @Override
  public HostTensor download(HostTensor tensor, TensorType type) {
    return tensor;
  }

  @Override
  public void release(HostTensor tensor) {}

  void close() {
    closed = true;
  }
}
