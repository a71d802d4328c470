package dev.graft.testkit.cases;

import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;

/** A stream of random numbers and tensors. Equal seeds give equal streams. Not thread-safe. */
public final class Draw {
  private final Seed seed;
  private long position;

  public Draw(Seed seed) {
    this.seed = seed;
  }

  /** An integer in [low, high]. */
  public int between(int low, int high) {
    return low + (int) Math.floor(seed.uniform(position++) * (high - low + 1));
  }

  /** A number in [low, high). */
  public double uniform(double low, double high) {
    return low + seed.uniform(position++) * (high - low);
  }

  public boolean coin() {
    return between(0, 1) == 1;
  }

  /** One of the given things. */
  @SafeVarargs
  public final <T> T one(T... of) {
    return of[between(0, of.length - 1)];
  }

  /** The numbers 0 to n - 1 in random order. */
  public int[] permutation(int n) {
    return seed.derive("permutation", position++).permutation(n);
  }

  /** A shape of the given rank with sizes from 1 or 2 to 4, small enough for differences. */
  public long[] shape(int rank) {
    long[] shape = new long[rank];
    Arrays.setAll(shape, i -> between(2, 4));
    return shape;
  }

  /** A shape of rank 1 to 4. */
  public long[] shape() {
    return shape(between(1, 4));
  }

  /** A shape that broadcasts to the given one: leading axes dropped, some sizes 1. */
  public long[] broadcastable(long... to) {
    long[] shape = Arrays.copyOfRange(to, between(0, to.length), to.length);
    for (int i = 0; i < shape.length; i++) {
      shape[i] = between(0, 2) == 0 ? 1 : shape[i];
    }
    return shape;
  }

  /** Numbers in [low, high). */
  public HostTensor reals(double low, double high, long... shape) {
    return HostTensor.fromDoubles(TensorType.of(DType.FLOAT32, shape), i -> uniform(low, high));
  }

  /** Numbers in [-1.5, 1.5), which most operators like. */
  public HostTensor reals(long... shape) {
    return reals(-1.5, 1.5, shape);
  }

  /**
   * Numbers in [-1.5, 1.5) that keep a distance of 0.05 from each of the given points, where a
   * function has a kink or a pole.
   */
  public HostTensor realsWithout(List<Double> points, long... shape) {
    return HostTensor.fromDoubles(
        TensorType.of(DType.FLOAT32, shape),
        i -> {
          double v = uniform(-1.5, 1.5);
          while (near(v, points)) {
            v = uniform(-1.5, 1.5);
          }
          return v;
        });
  }

  private static boolean near(double v, List<Double> points) {
    return points.stream().anyMatch(p -> Math.abs(v - p) < 0.05);
  }

  /** Numbers that all differ by 0.05 or more and are not near zero, in random order. */
  public HostTensor distinct(long... shape) {
    TensorType type = TensorType.of(DType.FLOAT32, shape);
    int n = (int) type.shape().elements();
    int[] order = permutation(n);
    return HostTensor.fromDoubles(type, i -> 0.07 * (order[i] - n / 2) + 0.03);
  }

  /** Integers in [low, high]. */
  public HostTensor integers(DType dtype, int low, int high, long... shape) {
    return HostTensor.fromLongs(TensorType.of(dtype, shape), i -> between(low, high));
  }

  public HostTensor booleans(long... shape) {
    return HostTensor.fromLongs(TensorType.of(DType.BOOL, shape), i -> between(0, 1));
  }
}
