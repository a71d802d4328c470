package dev.graft.backend.tensorflow;

import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffer;
import org.tensorflow.ndarray.buffer.DataStorageVisitor;

/** Copies between Java's memory and TensorFlow's, as blocks of bytes. */
final class NativeTensors {
  private NativeTensors() {}

  /** A copy in TensorFlow's memory, in the carrier type; the caller closes it. */
  static Tensor upload(HostTensor tensor) {
    HostTensor carried = tensor.cast(TensorFlowTypes.carrier(tensor.dtype()));
    Tensor copy =
        Tensor.of(
            TensorFlowTypes.javaClass(carried.dtype()),
            org.tensorflow.ndarray.Shape.of(carried.shape().sizes()));
    if (carried.size() > 0) {
      bytes(copy).put(carried.bytes());
    }
    return copy;
  }

  /** A copy in Java's memory of a tensor in its carrier type. */
  static HostTensor download(Tensor tensor, DType dtype) {
    DType carrier = TensorFlowTypes.carrier(dtype);
    Shape shape = shape(tensor);
    int size = Math.toIntExact(shape.elements() * carrier.bytes());
    ByteBuffer copy = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    if (size > 0) {
      copy.put(bytes(tensor)).flip();
    }
    return HostTensor.wrap(new TensorType(carrier, shape), copy).cast(dtype);
  }

  static Shape shape(Tensor tensor) {
    return new Shape(Arrays.stream(tensor.shape().asArray()).mapToObj(Dim::of).toList());
  }

  /** The tensor's own memory, valid until it is closed. */
  private static ByteBuffer bytes(Tensor tensor) {
    DataBuffer<Byte> raw = tensor.asRawTensor().data();
    return raw.accept(
        new DataStorageVisitor<ByteBuffer>() {
          @Override
          public ByteBuffer visit(ByteBuffer buffer) {
            return buffer;
          }

          @Override
          public ByteBuffer visit(long address, long length, long scale) {
            return new Memory(address, length * scale).asByteBuffer();
          }

          @Override
          public ByteBuffer fallback() {
            throw new IllegalStateException("TensorFlow's memory has no address");
          }
        });
  }

  /** A view of memory that somebody else owns. */
  private static final class Memory extends BytePointer {
    Memory(long address, long size) {
      super((Pointer) null);
      this.address = address;
      this.limit = size;
      this.capacity = size;
    }
  }
}
