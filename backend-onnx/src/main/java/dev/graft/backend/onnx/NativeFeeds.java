package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import dev.graft.backend.EngineFetches;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Native tensors for the feeds of one run. Direct host memory and outputs of other runs are shared,
 * not copied.
 *
 * @param tensors all of them, by input name
 * @param made those made for this run, which are closed with this
 */
record NativeFeeds(Map<String, OnnxTensor> tensors, List<OnnxTensor> made)
    implements AutoCloseable {

  /** Makes checked feeds native. */
  static NativeFeeds of(OnnxMemory memory, Map<String, ? extends Tensor> given) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    List<OnnxTensor> made = new ArrayList<>();
    given.forEach(
        (name, tensor) -> {
          boolean sameBits = Tensors.fed(tensor.type().dtype()) == tensor.type().dtype();
          OnnxTensor own = EngineFetches.handle(memory, tensor);
          if (own != null && sameBits) {
            tensors.put(name, own);
          } else {
            OnnxTensor handle = Tensors.toNative(tensor.toHost());
            made.add(handle);
            tensors.put(name, handle);
          }
        });
    return new NativeFeeds(tensors, made);
  }

  @Override
  public void close() {
    made.forEach(OnnxTensor::close);
  }
}
