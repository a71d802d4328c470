package dev.graft.backend.djl;

import ai.djl.ndarray.types.DataType;
import dev.graft.tensor.DType;
import java.util.Map;
import java.util.Optional;

/** PyTorch's element types: the codes that TorchScript text uses, and DJL's names. */
final class TorchTypes {
  private record Codes(int code, DataType djl) {}

  /** Types that PyTorch computes with; its unsigned types beyond 8 bits are storage only. */
  private static final Map<DType, Codes> CODES =
      Map.of(
          DType.UINT8, new Codes(0, DataType.UINT8),
          DType.INT8, new Codes(1, DataType.INT8),
          DType.INT16, new Codes(2, DataType.INT16),
          DType.INT32, new Codes(3, DataType.INT32),
          DType.INT64, new Codes(4, DataType.INT64),
          DType.FLOAT16, new Codes(5, DataType.FLOAT16),
          DType.FLOAT32, new Codes(6, DataType.FLOAT32),
          DType.FLOAT64, new Codes(7, DataType.FLOAT64),
          DType.BOOL, new Codes(11, DataType.BOOLEAN),
          DType.BFLOAT16, new Codes(15, DataType.BFLOAT16));

  private TorchTypes() {}

  static boolean has(DType dtype) {
    return CODES.containsKey(dtype);
  }

  /** The number that TorchScript knows a type by. */
  static int code(DType dtype) {
    return Optional.ofNullable(CODES.get(dtype)).map(Codes::code).orElseThrow();
  }

  /**
   * The type in which values cross the border between Java and PyTorch. DJL aborts the process on
   * 16-bit types, so those cross as 32-bit ones and are converted on the other side.
   */
  static DType carrier(DType dtype) {
    return switch (dtype) {
      case FLOAT16, BFLOAT16 -> DType.FLOAT32;
      case INT16 -> DType.INT32;
      default -> dtype;
    };
  }

  /** DJL's name of a {@link #carrier} type. */
  static DataType djl(DType carrier) {
    return Optional.ofNullable(CODES.get(carrier)).map(Codes::djl).orElseThrow();
  }
}
