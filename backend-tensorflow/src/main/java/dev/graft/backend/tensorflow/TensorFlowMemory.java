package dev.graft.backend.tensorflow;

import dev.graft.backend.EngineMemory;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import org.tensorflow.Tensor;

/**
 * TensorFlow's memory. A state's slots are tensors that every run is fed; a step fetches those that
 * replace them. TensorFlow counts references, so that neither way copies, and a step that fails
 * leaves everything as it was.
 */
record TensorFlowMemory(TensorFlowBackend backend) implements EngineMemory<Tensor> {
  @Override
  public void requireOpen() {
    backend.requireOpen();
  }

  @Override
  public Tensor upload(HostTensor value) {
    return NativeTensors.upload(value);
  }

  @Override
  public HostTensor download(Tensor tensor, TensorType type) {
    return NativeTensors.download(tensor, type.dtype());
  }

  @Override
  public void release(Tensor tensor) {
    tensor.close();
  }
}
