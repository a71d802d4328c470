package dev.graft.testkit.reference;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A tensor as kernels see it: row-major elements, floating ones as {@code double}, all others as
 * {@code long} ({@code UINT64} as its bits, {@code BOOL} as 0 and 1). Kernels treat the arrays of
 * their inputs as read-only.
 */
final class Array {
  final DType dtype;
  final int[] shape;

  /** The elements of a floating type, else null. */
  private final double @Nullable [] reals;

  /** The elements of any other type, else null. */
  private final long @Nullable [] integers;

  private Array(DType dtype, int[] shape, double @Nullable [] reals, long @Nullable [] integers) {
    this.dtype = dtype;
    this.shape = shape;
    this.reals = reals;
    this.integers = integers;
    int length = reals != null ? reals.length : integers == null ? 0 : integers.length;
    if (length != Indices.size(shape)) {
      throw new IllegalArgumentException(
          length + " elements do not fill the shape " + Arrays.toString(shape));
    }
  }

  static Array of(HostTensor tensor) {
    int[] shape = Arrays.stream(tensor.shape().sizes()).mapToInt(Math::toIntExact).toArray();
    return tensor.dtype().isFloating()
        ? new Array(tensor.dtype(), shape, tensor.toDoubles(), null)
        : new Array(tensor.dtype(), shape, null, tensor.toLongs());
  }

  /** Wraps the elements; converts them to {@code long} if the type is not a floating one. */
  static Array of(DType dtype, int[] shape, double[] values) {
    return dtype.isFloating()
        ? new Array(dtype, shape, values, null)
        : of(dtype, shape, Arrays.stream(values).mapToLong(v -> (long) v).toArray());
  }

  /** Wraps the elements; converts them to {@code double} if the type is a floating one. */
  static Array of(DType dtype, int[] shape, long[] values) {
    return dtype.isFloating()
        ? of(dtype, shape, Arrays.stream(values).mapToDouble(v -> (double) v).toArray())
        : new Array(dtype, shape, null, values);
  }

  static Array zeros(DType dtype, int... shape) {
    return dtype.isFloating()
        ? of(dtype, shape, new double[Indices.size(shape)])
        : of(dtype, shape, new long[Indices.size(shape)]);
  }

  static Array vector(long... values) {
    return of(DType.INT64, new int[] {values.length}, values);
  }

  boolean isFloating() {
    return reals != null;
  }

  int size() {
    return Indices.size(shape);
  }

  int rank() {
    return shape.length;
  }

  /** The size along an axis; a negative axis counts from the end. */
  int dim(long axis) {
    return shape[axis(axis)];
  }

  /** The axis counted from the front. */
  int axis(long axis) {
    return Indices.axis(axis, shape.length);
  }

  double real(int i) {
    return reals != null ? reals[i] : toReal(integers()[i]);
  }

  long integer(int i) {
    return integers != null ? integers[i] : (long) reals()[i];
  }

  /** All elements as {@code double}: the array itself of a floating type, else a copy. */
  double[] reals() {
    return reals != null ? reals : Arrays.stream(integers()).mapToDouble(this::toReal).toArray();
  }

  /** All elements as {@code long}: a truncated copy of a floating type, else the array itself. */
  long[] integers() {
    if (integers != null) {
      return integers;
    }
    return Arrays.stream(reals()).mapToLong(v -> (long) v).toArray();
  }

  /** All elements as {@code int}, for sizes and axes. */
  int[] ints() {
    return Arrays.stream(integers()).mapToInt(Math::toIntExact).toArray();
  }

  private double toReal(long v) {
    return dtype == DType.UINT64 && v < 0 ? (v >>> 1) * 2.0 + (v & 1) : v;
  }

  /** The same elements under another shape. */
  Array reshape(int... other) {
    return new Array(dtype, other, reals, integers);
  }

  /** A new array whose element {@code i} is this one's element {@code source(i)}. */
  Array pick(int[] to, IntUnaryOperator source) {
    return pick(to, source, null);
  }

  /** The same, with the (scalar) filling where {@code source(i)} is negative. */
  Array pick(int[] to, IntUnaryOperator source, @Nullable Array filling) {
    Array out = zeros(dtype, to);
    for (int i = 0; i < out.size(); i++) {
      int from = source.applyAsInt(i);
      if (from >= 0) {
        out.set(i, this, from);
      } else if (filling != null) {
        out.set(i, filling, 0);
      }
    }
    return out;
  }

  /** Copies one element from an array of the same type; for arrays that a kernel has just made. */
  void set(int i, Array from, int j) {
    if (reals != null) {
      reals[i] = from.real(j);
    } else {
      integers()[i] = from.integer(j);
    }
  }

  /** A copy that the kernel may change. */
  Array copy() {
    return new Array(
        dtype,
        shape,
        reals == null ? null : reals.clone(),
        integers == null ? null : integers.clone());
  }

  /**
   * The elements converted to another type: to an integer by truncation, to a bool by asking for
   * zero. Floating results are not rounded; the interpreter does that.
   */
  Array cast(DType to) {
    if (to == DType.BOOL) {
      long[] bits = new long[size()];
      Arrays.setAll(bits, i -> real(i) != 0 ? 1 : 0);
      return of(to, shape, bits);
    }
    return to.isFloating() ? of(to, shape, reals()) : of(to, shape, integers()).rounded();
  }

  /** This array with every element as its type can hold it: rounded, or wrapped. */
  Array rounded() {
    switch (dtype) {
      case FLOAT64, INT64, UINT64, BOOL -> {
        return this;
      }
      case FLOAT32 -> {
        double[] in = reals();
        double[] out = new double[in.length];
        for (int i = 0; i < in.length; i++) {
          out[i] = (float) in[i];
        }
        return of(dtype, shape, out);
      }
      default -> {
        return of(toHost(dtype));
      }
    }
  }

  /** A host tensor of this shape and the given type. */
  HostTensor toHost(DType as) {
    long[] sizes = Arrays.stream(shape).asLongStream().toArray();
    TensorType type = new TensorType(as, Shape.of(sizes));
    return as.isFloating() || isFloating()
        ? HostTensor.fromDoubles(type, this::real)
        : HostTensor.fromLongs(type, this::integer);
  }

  @Override
  public String toString() {
    return toHost(dtype).toString();
  }
}
