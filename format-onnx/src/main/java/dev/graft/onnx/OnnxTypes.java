package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.graft.tensor.DType;
import java.util.Optional;
import java.util.Set;

/** Element types as ONNX numbers them, and the attributes that hold such numbers. */
final class OnnxTypes {
  /** Attributes whose value is an element type. Inside Graft they hold the type's name. */
  private static final Set<String> DTYPE_ATTRIBUTES =
      Set.of("to", "dtype", "output_dtype", "output_datatype", "softmax_precision", "stash_type");

  private OnnxTypes() {}

  /** Whether the attribute of this name holds an element type, whatever the operator. */
  static boolean isDTypeAttribute(String name) {
    return DTYPE_ATTRIBUTES.contains(name);
  }

  static int number(DType type) {
    return switch (type) {
      case FLOAT32 -> DataType.FLOAT_VALUE;
      case FLOAT64 -> DataType.DOUBLE_VALUE;
      case FLOAT16 -> DataType.FLOAT16_VALUE;
      case BFLOAT16 -> DataType.BFLOAT16_VALUE;
      case INT8 -> DataType.INT8_VALUE;
      case INT16 -> DataType.INT16_VALUE;
      case INT32 -> DataType.INT32_VALUE;
      case INT64 -> DataType.INT64_VALUE;
      case UINT8 -> DataType.UINT8_VALUE;
      case UINT16 -> DataType.UINT16_VALUE;
      case UINT32 -> DataType.UINT32_VALUE;
      case UINT64 -> DataType.UINT64_VALUE;
      case BOOL -> DataType.BOOL_VALUE;
    };
  }

  /** The type with an ONNX number; empty for those that Graft does not have. */
  static Optional<DType> dtype(long number) {
    for (DType type : DType.values()) {
      if (number(type) == number) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** For messages: ONNX's name of an element type, or its number if it is newer than this code. */
  static String describe(long number) {
    DataType type = number == (int) number ? DataType.forNumber((int) number) : null;
    return type == null ? "element type number " + number : type.name();
  }
}
