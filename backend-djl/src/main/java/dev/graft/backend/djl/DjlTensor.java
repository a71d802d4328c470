package dev.graft.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;

/** A tensor in PyTorch's memory, in rows; it lives as long as the fetches it belongs to. */
record DjlTensor(DjlFetches owner, PtNDArray array, TensorType type) implements Tensor {
  DjlTensor {
    owner.requireOpen();
  }

  @Override
  public PtNDArray array() {
    owner.requireOpen();
    return array;
  }

  @Override
  public HostTensor toHost() {
    return Torch.download(array(), type);
  }
}
