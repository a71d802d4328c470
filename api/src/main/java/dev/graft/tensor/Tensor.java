package dev.graft.tensor;

/**
 * Values on the host or on a device. A host tensor is ordinary memory; a device tensor belongs to
 * the object that handed it out (see {@link dev.graft.backend.Fetches}) and may not be used after
 * that was closed.
 */
public interface Tensor {
  /** The element type and the (fixed) shape. */
  TensorType type();

  /** The values on the host: this tensor itself if it is there already, else a copy. */
  HostTensor toHost();
}
