package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import dev.graft.backend.EngineMemory;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;

/**
 * ONNX Runtime's memory. A step reads slots and writes new tensors, which then take their places; a
 * slot is never written to, so a step that fails leaves all as it was.
 *
 * @param slots the shape under which slots are kept
 */
record OnnxMemory(OnnxBackend backend, SlotShape slots) implements EngineMemory<OnnxTensor> {
  @Override
  public void requireOpen() {
    backend.requireOpen();
  }

  @Override
  public OnnxTensor upload(HostTensor value) {
    return Tensors.toNative(value, slots.of(value.type()).shape());
  }

  @Override
  public HostTensor download(OnnxTensor tensor, TensorType type) {
    return Tensors.toHost(tensor, type);
  }

  @Override
  public void release(OnnxTensor tensor) {
    tensor.close();
  }

  @Override
  public void closed(AutoCloseable owner) {
    backend.closed(owner);
  }
}
