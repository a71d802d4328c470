package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** ONNX's serialised tensors, in files of their own or inside models. */
public final class OnnxTensors {
  private OnnxTensors() {}

  /**
   * Reads a file that holds one serialised tensor ({@code TensorProto}), as ONNX's test cases do.
   *
   * @throws ModelFormatException if it is no such file, or its element type is not supported
   */
  public static HostTensor read(Path file) throws IOException {
    TensorProto proto;
    try {
      proto = TensorProto.parseFrom(Files.readAllBytes(file));
    } catch (InvalidProtocolBufferException e) {
      throw new ModelFormatException(file + " is not a serialised ONNX tensor, or is damaged", e);
    }
    if (!proto.hasDataType()) {
      throw new ModelFormatException(file + " is not a serialised ONNX tensor: it has no type");
    }
    return decode(proto, "the tensor of " + file, ExternalData.REFUSED);
  }

  /** Writes one tensor as a file that {@link #read} reads. */
  public static void write(HostTensor tensor, Path file) throws IOException {
    AtomicFiles.write(file, out -> encode("", tensor).writeTo(out));
  }

  /** A tensor with its elements as raw data, which share the tensor's memory. */
  static TensorProto encode(String name, HostTensor tensor) {
    return header(name, tensor.type()).setRawData(raw(tensor)).build();
  }

  /** Name, type and shape, without elements. */
  static TensorProto.Builder header(String name, TensorType type) {
    TensorProto.Builder proto =
        TensorProto.newBuilder().setName(name).setDataType(OnnxTypes.number(type.dtype()));
    for (long size : type.shape().sizes()) {
      proto.addDims(size);
    }
    return proto;
  }

  private static ByteString raw(HostTensor tensor) {
    return UnsafeByteOperations.unsafeWrap(littleEndian(tensor.bytes(), tensor.dtype().bytes()));
  }

  /** The bytes in ONNX's order: the buffer itself on almost every machine. */
  static ByteBuffer littleEndian(ByteBuffer data, int width) {
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN || width == 1) {
      return data;
    }
    ByteBuffer swapped = ByteBuffer.allocate(data.remaining());
    for (int i = 0; i < data.remaining(); i += width) {
      for (int b = 0; b < width; b++) {
        swapped.put(i + b, data.get(data.position() + i + width - 1 - b));
      }
    }
    return swapped;
  }

  /**
   * The tensor that a message holds, in raw or typed data or in an external file.
   *
   * @param what names the tensor in messages
   */
  static HostTensor decode(TensorProto proto, String what, ExternalData external)
      throws IOException {
    DType dtype =
        OnnxTypes.dtype(proto.getDataType())
            .orElseThrow(
                () ->
                    new ModelFormatException(
                        what
                            + " has the element type "
                            + OnnxTypes.describe(proto.getDataType())
                            + ", which Graft does not have"));
    TensorType type = new TensorType(dtype, shape(proto, what));
    long bytes;
    try {
      bytes = Math.multiplyExact(type.shape().elements(), (long) dtype.bytes());
    } catch (ArithmeticException e) {
      throw new ModelFormatException(what + " has the impossible shape " + type.shape(), e);
    }
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(what + " is larger than 2 GiB: " + type);
    }
    if (proto.getDataLocation() == DataLocation.EXTERNAL) {
      return HostTensor.wrap(
          type, littleEndian(external.read(proto, (int) bytes, what), dtype.bytes()));
    }
    if (proto.hasRawData()) {
      check(proto.getRawData().size(), bytes, "bytes", what, type);
      // Copied, so that the model's message can be freed while its tensors live on.
      ByteBuffer copy = ByteBuffer.allocateDirect((int) bytes);
      proto.getRawData().copyTo(copy);
      return HostTensor.wrap(type, littleEndian(copy.flip(), dtype.bytes()));
    }
    return typed(proto, type, what);
  }

  private static Shape shape(TensorProto proto, String what) {
    for (long size : proto.getDimsList()) {
      if (size < 0) {
        throw new ModelFormatException(what + " has the negative size " + size);
      }
    }
    return new Shape(proto.getDimsList().stream().map(Dim::of).toList());
  }

  /** Elements in one of the typed lists; several types share a list, 16-bit floats as bits. */
  private static HostTensor typed(TensorProto proto, TensorType type, String what) {
    long elements = type.shape().elements();
    switch (type.dtype()) {
      case FLOAT32:
        check(proto.getFloatDataCount(), elements, "elements", what, type);
        return HostTensor.fromDoubles(type, i -> proto.getFloatData(i));
      case FLOAT64:
        check(proto.getDoubleDataCount(), elements, "elements", what, type);
        return HostTensor.fromDoubles(type, i -> proto.getDoubleData(i));
      case INT64:
        check(proto.getInt64DataCount(), elements, "elements", what, type);
        return HostTensor.fromLongs(type, i -> proto.getInt64Data(i));
      case UINT32, UINT64:
        check(proto.getUint64DataCount(), elements, "elements", what, type);
        return HostTensor.fromLongs(type, i -> proto.getUint64Data(i));
      case FLOAT16, BFLOAT16:
        check(proto.getInt32DataCount(), elements, "elements", what, type);
        ByteBuffer bits =
            ByteBuffer.allocateDirect(2 * (int) elements).order(ByteOrder.nativeOrder());
        for (int i = 0; i < elements; i++) {
          bits.putShort(2 * i, (short) proto.getInt32Data(i));
        }
        return HostTensor.wrap(type, bits);
      default:
        check(proto.getInt32DataCount(), elements, "elements", what, type);
        return HostTensor.fromLongs(type, i -> proto.getInt32Data(i));
    }
  }

  private static void check(long found, long expected, String unit, String what, TensorType type) {
    if (found != expected) {
      throw new ModelFormatException(
          what + " should hold " + expected + " " + unit + " for " + type + ", but has " + found);
    }
  }
}
