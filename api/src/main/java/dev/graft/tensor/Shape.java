package dev.graft.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The dimensions of a tensor, outermost first. The rank is always known; sizes may be symbolic. */
public record Shape(List<Dim> dims) {
  public static final Shape SCALAR = new Shape(List.of());

  public Shape {
    dims = List.copyOf(dims);
    for (Dim d : dims) {
      if (d.isFixed() && d.size() < 0) {
        throw new IllegalArgumentException("negative dimension in shape " + dims);
      }
    }
  }

  public static Shape of(long... sizes) {
    return new Shape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
  }

  public int rank() {
    return dims.size();
  }

  /** The dimension at {@code axis}; a negative axis counts from the end. */
  public Dim dim(int axis) {
    return dims.get(axis < 0 ? axis + rank() : axis);
  }

  /** Whether every size is known. */
  public boolean isStatic() {
    return dims.stream().allMatch(Dim::isFixed);
  }

  /** All sizes; an error if one is symbolic. */
  public long[] sizes() {
    return dims.stream().mapToLong(Dim::size).toArray();
  }

  /** The number of elements; an error if a size is symbolic. */
  public long elements() {
    long n = 1;
    for (Dim d : dims) {
      n = Math.multiplyExact(n, d.size());
    }
    return n;
  }

  /** This shape with the dimension at {@code axis} replaced. */
  public Shape with(int axis, Dim dim) {
    List<Dim> copy = new ArrayList<>(dims);
    copy.set(axis < 0 ? axis + rank() : axis, dim);
    return new Shape(copy);
  }

  /** The axis counted from the front, checked against the rank. */
  public int axis(long axis) {
    long a = axis < 0 ? axis + rank() : axis;
    if (a < 0 || a >= rank()) {
      throw new IllegalArgumentException("axis " + axis + " is outside shape " + this);
    }
    return (int) a;
  }

  @Override
  public String toString() {
    return dims.toString();
  }
}
