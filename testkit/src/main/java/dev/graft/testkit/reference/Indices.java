package dev.graft.testkit.reference;

import java.util.Arrays;

/** Arithmetic on row-major shapes and positions. */
final class Indices {
  private Indices() {}

  static int size(int[] shape) {
    return product(shape, 0, shape.length);
  }

  /** The product of the sizes along the axes {@code [from, to)}. */
  static int product(int[] shape, int from, int to) {
    int n = 1;
    for (int i = from; i < to; i++) {
      n = Math.multiplyExact(n, shape[i]);
    }
    return n;
  }

  /** How far apart two elements are that differ by one along each axis. */
  static int[] strides(int[] shape) {
    int[] strides = new int[shape.length];
    int n = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = n;
      n *= shape[i];
    }
    return strides;
  }

  static int axis(long axis, int rank) {
    long a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= Math.max(rank, 1)) {
      throw new IllegalArgumentException("axis " + axis + " is outside rank " + rank);
    }
    return (int) a;
  }

  /** The common shape of tensors that are broadcast to each other as ONNX and NumPy do. */
  static int[] broadcast(int[]... shapes) {
    int rank = Arrays.stream(shapes).mapToInt(s -> s.length).max().orElse(0);
    int[] out = new int[rank];
    Arrays.fill(out, 1);
    for (int[] shape : shapes) {
      for (int i = 0; i < shape.length; i++) {
        int at = rank - shape.length + i;
        if (shape[i] != 1) {
          if (out[at] != 1 && out[at] != shape[i]) {
            throw new IllegalArgumentException(
                "shapes do not broadcast: " + Arrays.deepToString(shapes));
          }
          out[at] = shape[i];
        }
      }
    }
    return out;
  }

  /** For every element of {@code to}, the position of the element of {@code from} it repeats. */
  static int[] broadcastPositions(int[] from, int[] to) {
    int[] steps = new int[to.length];
    int[] strides = strides(from);
    for (int i = 0; i < from.length; i++) {
      steps[to.length - from.length + i] = from[i] == 1 ? 0 : strides[i];
    }
    return positions(to, steps, 0);
  }

  /**
   * The positions {@code start + sum of coordinate * step} for all coordinates of a shape, in
   * row-major order. Slicing, transposing and broadcasting are all of this form.
   */
  static int[] positions(int[] shape, int[] steps, int start) {
    int[] out = new int[size(shape)];
    int[] coordinate = new int[shape.length];
    int position = start;
    for (int i = 0; i < out.length; i++) {
      out[i] = position;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        position += steps[axis];
        if (++coordinate[axis] < shape[axis]) {
          break;
        }
        position -= steps[axis] * shape[axis];
        coordinate[axis] = 0;
      }
    }
    return out;
  }

  /** The coordinates of a position. */
  static int[] coordinates(int position, int[] shape) {
    int[] out = new int[shape.length];
    int rest = position;
    for (int i = shape.length - 1; i >= 0; i--) {
      out[i] = rest % shape[i];
      rest /= shape[i];
    }
    return out;
  }

  /** The position of coordinates. */
  static int position(int[] coordinates, int[] shape) {
    int p = 0;
    for (int i = 0; i < shape.length; i++) {
      p = p * shape[i] + coordinates[i];
    }
    return p;
  }

  /** A copy with one size replaced. */
  static int[] with(int[] shape, int axis, int size) {
    int[] out = shape.clone();
    out[axis] = size;
    return out;
  }

  /** A shape as one of three axes: those before an axis, the axis, and those after it. */
  record Split(int outer, int size, int inner) {
    static Split at(int[] shape, int axis) {
      return new Split(
          product(shape, 0, axis), shape[axis], product(shape, axis + 1, shape.length));
    }

    /** The position of element {@code i} along the axis, in a row given by outer and inner. */
    int position(int o, int i, int in) {
      return (o * size + i) * inner + in;
    }
  }
}
