package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.graft.backend.BackendException;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors on their way into ONNX Runtime and back. */
final class Tensors {
  private Tensors() {}

  /**
   * A native handle on a host tensor; memory is shared where the host tensor's buffer is direct.
   * The caller closes it.
   */
  static OnnxTensor toNative(HostTensor tensor) {
    return toNative(tensor, tensor.shape());
  }

  /** The same under another shape with as many elements. */
  static OnnxTensor toNative(HostTensor tensor, Shape shape) {
    try {
      return OnnxTensor.createTensor(
          Engine.environment(), direct(tensor.bytes()), shape.sizes(), javaType(tensor.dtype()));
    } catch (OrtException e) {
      throw new BackendException(
          "ONNX Runtime does not take a tensor of " + tensor.type() + ": " + e.getMessage(), e);
    }
  }

  /** The Java interface casts other buffers to the wrong class. */
  private static ByteBuffer direct(ByteBuffer bytes) {
    return bytes.isDirect()
        ? bytes
        : ByteBuffer.allocateDirect(bytes.remaining())
            .order(ByteOrder.nativeOrder())
            .put(bytes)
            .flip();
  }

  /** A copy on the host, read as the given element type. */
  static HostTensor toHost(OnnxTensor tensor, TensorType type) {
    return HostTensor.wrap(type, tensor.getByteBuffer());
  }

  /** The type of a native tensor whose element type is known from the graph. */
  static TensorType type(OnnxTensor tensor, DType dtype) {
    return TensorType.of(dtype, tensor.getInfo().getShape());
  }

  /**
   * The type that the Java interface accepts for an element type: unsigned ones, which it does not
   * create, are passed by their bits as signed ones.
   */
  static DType fed(DType dtype) {
    return switch (dtype) {
      case UINT16 -> DType.INT16;
      case UINT32 -> DType.INT32;
      case UINT64 -> DType.INT64;
      default -> dtype;
    };
  }

  private static OnnxJavaType javaType(DType dtype) {
    return switch (fed(dtype)) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
      default -> throw new IllegalStateException("not reached: " + dtype);
    };
  }
}
