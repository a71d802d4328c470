package dev.graft.backend.tensorflow;

import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;

/**
 * A fetched output in TensorFlow's memory.
 *
 * @param owner closes it
 * @param array the elements, in the type's carrier
 */
record TensorFlowTensor(TensorFlowFetches owner, org.tensorflow.Tensor array, TensorType type)
    implements Tensor {
  @Override
  public HostTensor toHost() {
    synchronized (owner) {
      owner.requireOpen();
      return NativeTensors.download(array, type.dtype());
    }
  }
}
