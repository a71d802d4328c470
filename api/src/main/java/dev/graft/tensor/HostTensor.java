package dev.graft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/**
 * An immutable tensor in host memory: row-major elements in native byte order. Thread-safe.
 *
 * <p>One tensor holds at most 2 GiB. Integer values are read as {@code long} ({@code UINT64} as its
 * bits), floating ones as {@code double}; {@code FLOAT16} and {@code BFLOAT16} are converted.
 */
public final class HostTensor implements Tensor {
  private final TensorType type;
  private final ByteBuffer data;
  private final int size;

  private HostTensor(TensorType type, ByteBuffer data) {
    this.type = type;
    this.size = Math.toIntExact(type.shape().elements());
    this.data = data;
    if (data.remaining() != (long) size * type.dtype().bytes()) {
      throw new IllegalArgumentException(
          "a tensor of "
              + type
              + " holds "
              + (long) size * type.dtype().bytes()
              + " bytes, but got "
              + data.remaining());
    }
  }

  /**
   * Wraps a buffer in native byte order without copying; the caller must not change it afterwards.
   * Direct buffers save a copy on the way into an engine.
   */
  public static HostTensor wrap(TensorType type, ByteBuffer data) {
    return new HostTensor(type, data.slice().order(ByteOrder.nativeOrder()));
  }

  public static HostTensor of(float[] values, long... shape) {
    ByteBuffer buffer = allocate(4L * values.length);
    buffer.asFloatBuffer().put(values);
    return new HostTensor(TensorType.of(DType.FLOAT32, shape), buffer);
  }

  public static HostTensor of(double[] values, long... shape) {
    ByteBuffer buffer = allocate(8L * values.length);
    buffer.asDoubleBuffer().put(values);
    return new HostTensor(TensorType.of(DType.FLOAT64, shape), buffer);
  }

  public static HostTensor of(long[] values, long... shape) {
    ByteBuffer buffer = allocate(8L * values.length);
    buffer.asLongBuffer().put(values);
    return new HostTensor(TensorType.of(DType.INT64, shape), buffer);
  }

  public static HostTensor of(int[] values, long... shape) {
    ByteBuffer buffer = allocate(4L * values.length);
    buffer.asIntBuffer().put(values);
    return new HostTensor(TensorType.of(DType.INT32, shape), buffer);
  }

  public static HostTensor of(boolean[] values, long... shape) {
    ByteBuffer buffer = allocate(values.length);
    for (int i = 0; i < values.length; i++) {
      buffer.put(i, (byte) (values[i] ? 1 : 0));
    }
    return new HostTensor(TensorType.of(DType.BOOL, shape), buffer);
  }

  public static HostTensor scalar(float value) {
    return of(new float[] {value});
  }

  public static HostTensor scalar(long value) {
    return of(new long[] {value});
  }

  /** A vector of {@code INT64}, as ONNX wants shapes and axes. */
  public static HostTensor vector(long... values) {
    return of(values, values.length);
  }

  /** Every element the same, converted to the type. */
  public static HostTensor full(TensorType type, double value) {
    return fromDoubles(type, i -> value);
  }

  /** Elements computed by index and rounded to the type. */
  public static HostTensor fromDoubles(TensorType type, IntToDoubleFunction element) {
    int n = Math.toIntExact(type.shape().elements());
    ByteBuffer buffer = allocate((long) n * type.dtype().bytes());
    for (int i = 0; i < n; i++) {
      double v = element.applyAsDouble(i);
      switch (type.dtype()) {
        case FLOAT32 -> buffer.putFloat(4 * i, (float) v);
        case FLOAT64 -> buffer.putDouble(8 * i, v);
        case FLOAT16 -> buffer.putShort(2 * i, HalfFloats.toFloat16(v));
        case BFLOAT16 -> buffer.putShort(2 * i, HalfFloats.toBFloat16(v));
        case BOOL -> buffer.put(i, (byte) (v != 0 ? 1 : 0));
        default -> putLong(buffer, type.dtype(), i, (long) v);
      }
    }
    return new HostTensor(type, buffer);
  }

  /** Elements of an integer or boolean type computed by index; too large values wrap. */
  public static HostTensor fromLongs(TensorType type, IntToLongFunction element) {
    int n = Math.toIntExact(type.shape().elements());
    ByteBuffer buffer = allocate((long) n * type.dtype().bytes());
    for (int i = 0; i < n; i++) {
      putLong(buffer, type.dtype(), i, element.applyAsLong(i));
    }
    return new HostTensor(type, buffer);
  }

  private static void putLong(ByteBuffer buffer, DType dtype, int i, long v) {
    switch (dtype) {
      case INT8, UINT8 -> buffer.put(i, (byte) v);
      case BOOL -> buffer.put(i, (byte) (v != 0 ? 1 : 0));
      case INT16, UINT16 -> buffer.putShort(2 * i, (short) v);
      case INT32, UINT32 -> buffer.putInt(4 * i, (int) v);
      case INT64, UINT64 -> buffer.putLong(8 * i, v);
      default -> throw new IllegalArgumentException(dtype + " is not an integer type");
    }
  }

  private static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  @Override
  public TensorType type() {
    return type;
  }

  public DType dtype() {
    return type.dtype();
  }

  public Shape shape() {
    return type.shape();
  }

  /** The number of elements. */
  public int size() {
    return size;
  }

  /** A read-only view of the bytes, in native order; direct if the tensor was made so. */
  public ByteBuffer bytes() {
    return data.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
  }

  /** Element {@code i} in row-major order, as a floating value. */
  public double getDouble(int i) {
    return switch (type.dtype()) {
      case FLOAT32 -> data.getFloat(4 * i);
      case FLOAT64 -> data.getDouble(8 * i);
      case FLOAT16 -> HalfFloats.fromFloat16(data.getShort(2 * i));
      case BFLOAT16 -> HalfFloats.fromBFloat16(data.getShort(2 * i));
      case UINT64 -> {
        long v = data.getLong(8 * i);
        yield v >= 0 ? v : (v >>> 1) * 2.0 + (v & 1);
      }
      default -> getLong(i);
    };
  }

  /** Element {@code i} in row-major order, as an integer; floating values are truncated. */
  public long getLong(int i) {
    return switch (type.dtype()) {
      case INT8 -> data.get(i);
      case BOOL -> data.get(i) != 0 ? 1 : 0;
      case UINT8 -> data.get(i) & 0xff;
      case INT16 -> data.getShort(2 * i);
      case UINT16 -> data.getShort(2 * i) & 0xffff;
      case INT32 -> data.getInt(4 * i);
      case UINT32 -> data.getInt(4 * i) & 0xffffffffL;
      case INT64, UINT64 -> data.getLong(8 * i);
      default -> (long) getDouble(i);
    };
  }

  /** All elements as a new array, converted to {@code float}. */
  public float[] toFloats() {
    float[] out = new float[size];
    if (type.dtype() == DType.FLOAT32) {
      bytes().asFloatBuffer().get(out);
    } else {
      for (int i = 0; i < size; i++) {
        out[i] = (float) getDouble(i);
      }
    }
    return out;
  }

  /** All elements as a new array, converted to {@code double}. */
  public double[] toDoubles() {
    double[] out = new double[size];
    for (int i = 0; i < size; i++) {
      out[i] = getDouble(i);
    }
    return out;
  }

  /** All elements as a new array, converted to {@code long}. */
  public long[] toLongs() {
    long[] out = new long[size];
    for (int i = 0; i < size; i++) {
      out[i] = getLong(i);
    }
    return out;
  }

  /** The same elements under another shape with as many elements; shares the memory. */
  public HostTensor reshape(long... sizes) {
    return new HostTensor(TensorType.of(type.dtype(), sizes), bytes());
  }

  /** The elements converted to another type; this tensor itself if it has that type. */
  public HostTensor cast(DType dtype) {
    if (dtype == type.dtype()) {
      return this;
    }
    TensorType target = type.withDType(dtype);
    return dtype.isFloating() || type.dtype().isFloating()
        ? fromDoubles(target, this::getDouble)
        : fromLongs(target, this::getLong);
  }

  @Override
  public HostTensor toHost() {
    return this;
  }

  /** Whether the other is a host tensor of the same type with the same bits. */
  @Override
  public boolean equals(Object o) {
    return o instanceof HostTensor t && t.type.equals(type) && t.bytes().equals(bytes());
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + bytes().hashCode();
  }

  @Override
  public String toString() {
    double[] head = new double[Math.min(size, 8)];
    Arrays.setAll(head, this::getDouble);
    return type + Arrays.toString(head) + (size > head.length ? "…" : "");
  }
}
