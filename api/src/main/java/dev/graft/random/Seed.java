package dev.graft.random;

import java.nio.charset.StandardCharsets;

/**
 * A named point in a tree of seeds. From equal seeds and names come equal bits, on every machine
 * and backend and in whatever order they are asked for. Immutable and thread-safe.
 *
 * <p>The bits at a position are SplitMix64's output function of key and position (Steele, Lea,
 * Flood 2014), so a generator needs no state beyond a counter.
 */
public record Seed(long key) {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /** The seed for a purpose: {@code seed.derive("shuffle")}. */
  public Seed derive(String name) {
    long h = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      h = (h ^ (b & 0xff)) * 0x100000001b3L;
    }
    return new Seed(mix(key ^ mix(h)));
  }

  /** The seed for one of a sequence, such as an epoch or a step. */
  public Seed derive(String name, long index) {
    return new Seed(derive(name).bits(index));
  }

  /** 64 random bits at a position. */
  public long bits(long position) {
    return mix(key + GOLDEN * (position + 1));
  }

  /** A number in [0, 1) at a position. */
  public double uniform(long position) {
    return (bits(position) >>> 11) * 0x1.0p-53;
  }

  /** A standard normal number at a position (Box and Muller 1958). */
  public double gaussian(long position) {
    double u = 1 - uniform(2 * position);
    double v = uniform(2 * position + 1);
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  }

  /** The numbers 0 to {@code n - 1} in random order (Fisher and Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = (int) Math.floor(uniform(i) * (i + 1));
      int t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
