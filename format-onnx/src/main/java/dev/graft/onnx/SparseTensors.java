package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.SparseTensorProto;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes out ONNX's sparse tensors as dense ones; graphs have no others. */
final class SparseTensors {
  private SparseTensors() {}

  static HostTensor decode(SparseTensorProto proto, String what, ExternalData external)
      throws IOException {
    HostTensor values = OnnxTensors.decode(proto.getValues(), "the values of " + what, external);
    HostTensor indices = OnnxTensors.decode(proto.getIndices(), "the indices of " + what, external);
    Shape shape = new Shape(proto.getDimsList().stream().map(Dim::of).toList());
    TensorType type = new TensorType(values.dtype(), shape);
    int width = values.dtype().bytes();
    int bytes = Math.toIntExact(Math.multiplyExact(shape.elements(), (long) width));
    boolean linear = indices.shape().rank() == 1;
    int perIndex = linear ? 1 : shape.rank();
    if (indices.dtype() != DType.INT64 || indices.size() != values.size() * perIndex) {
      throw new ModelFormatException(
          what + " has indices " + indices.type() + " for values " + values.type());
    }
    ByteBuffer dense = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    ByteBuffer source = values.bytes();
    for (int n = 0; n < values.size(); n++) {
      long at = 0;
      if (linear) {
        at = indices.getLong(n);
      } else {
        for (int axis = 0; axis < perIndex; axis++) {
          at = at * shape.dim(axis).size() + indices.getLong(n * perIndex + axis);
        }
      }
      if (at < 0 || at >= shape.elements()) {
        throw new ModelFormatException(what + " has an index outside its shape " + shape);
      }
      dense.put((int) at * width, source, n * width, width);
    }
    return HostTensor.wrap(type, dense);
  }
}
