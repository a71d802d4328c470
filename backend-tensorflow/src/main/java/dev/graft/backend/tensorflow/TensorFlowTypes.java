package dev.graft.backend.tensorflow;

import dev.graft.tensor.DType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint16;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** TensorFlow's element types. */
final class TensorFlowTypes {
  private static final Map<DType, DataType> NAMES = new EnumMap<>(DType.class);
  private static final Map<DType, Class<? extends TType>> CLASSES = new EnumMap<>(DType.class);

  static {
    NAMES.put(DType.FLOAT32, DataType.DT_FLOAT);
    NAMES.put(DType.FLOAT64, DataType.DT_DOUBLE);
    NAMES.put(DType.FLOAT16, DataType.DT_HALF);
    NAMES.put(DType.BFLOAT16, DataType.DT_BFLOAT16);
    NAMES.put(DType.INT8, DataType.DT_INT8);
    NAMES.put(DType.INT16, DataType.DT_INT16);
    NAMES.put(DType.INT32, DataType.DT_INT32);
    NAMES.put(DType.INT64, DataType.DT_INT64);
    NAMES.put(DType.UINT8, DataType.DT_UINT8);
    NAMES.put(DType.UINT16, DataType.DT_UINT16);
    NAMES.put(DType.UINT32, DataType.DT_UINT32);
    NAMES.put(DType.UINT64, DataType.DT_UINT64);
    NAMES.put(DType.BOOL, DataType.DT_BOOL);
    CLASSES.put(DType.FLOAT32, TFloat32.class);
    CLASSES.put(DType.FLOAT64, TFloat64.class);
    CLASSES.put(DType.FLOAT16, TFloat16.class);
    CLASSES.put(DType.BFLOAT16, TBfloat16.class);
    CLASSES.put(DType.INT32, TInt32.class);
    CLASSES.put(DType.INT64, TInt64.class);
    CLASSES.put(DType.UINT8, TUint8.class);
    CLASSES.put(DType.UINT16, TUint16.class);
    CLASSES.put(DType.BOOL, TBool.class);
  }

  private TensorFlowTypes() {}

  static DataType of(DType dtype) {
    DataType name = NAMES.get(dtype);
    if (name == null) {
      throw new IllegalArgumentException("TensorFlow does not know " + dtype);
    }
    return name;
  }

  static DType dtype(DataType name) {
    return NAMES.entrySet().stream()
        .filter(e -> e.getValue() == name)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no tensor of " + name));
  }

  /**
   * The type in which values cross the border between Java and TensorFlow, whose Java classes lack
   * some integers; those are converted on the other side. Large {@code UINT64} keep their bits.
   */
  static DType carrier(DType dtype) {
    return switch (dtype) {
      case INT8, INT16 -> DType.INT32;
      case UINT32, UINT64 -> DType.INT64;
      default -> dtype;
    };
  }

  /** The Java class of a {@link #carrier} type. */
  static Class<? extends TType> javaClass(DType carrier) {
    Class<? extends TType> type = CLASSES.get(carrier);
    if (type == null) {
      throw new IllegalArgumentException(carrier + " does not cross the border");
    }
    return type;
  }

  /** Types to compute in where a kernel for this one is missing, the best first. */
  static List<DType> wider(DType dtype) {
    return switch (dtype) {
      case BOOL -> List.of(DType.UINT8, DType.INT32);
      case INT8, UINT8, INT16, UINT16 -> List.of(DType.INT32, DType.INT64, DType.FLOAT32);
      case INT32, UINT32 -> List.of(DType.INT64, DType.FLOAT64);
      case UINT64 -> List.of(DType.INT64, DType.FLOAT64);
      case INT64, FLOAT32 -> List.of(DType.FLOAT64);
      case FLOAT16, BFLOAT16 -> List.of(DType.FLOAT32);
      default -> List.of();
    };
  }
}
