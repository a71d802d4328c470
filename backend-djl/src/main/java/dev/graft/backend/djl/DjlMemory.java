package dev.graft.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.graft.backend.EngineMemory;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;

/**
 * PyTorch's memory, with a manager to which every tensor belongs until it is released.
 *
 * @param inside whether tensors are kept in the order of {@link Layouts}, as those of a state, or
 *     in rows, as feeds and outputs
 */
record DjlMemory(DjlBackend backend, boolean inside) implements EngineMemory<PtNDArray> {
  @Override
  public void requireOpen() {
    backend.requireOpen();
  }

  @Override
  public PtNDArray upload(HostTensor value) {
    return inside
        ? Layouts.upload(backend.manager(), value, backend.threads())
        : Torch.copy(backend.manager(), value);
  }

  @Override
  public HostTensor download(PtNDArray tensor, TensorType type) {
    if (!inside) {
      return Torch.download(tensor, type);
    }
    try (PtNDManager scope = backend.newManager()) {
      return Layouts.download(scope, tensor, type, backend.threads());
    }
  }

  @Override
  public void release(PtNDArray tensor) {
    tensor.close();
  }
}
