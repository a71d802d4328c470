package dev.graft.strategies.linear;

import dev.graft.train.Cancellation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth function by L-BFGS (Nocedal and Wright, Numerical Optimization, 2nd ed. 2006,
 * algorithms 7.4 and 7.5) with a backtracking line search.
 */
final class LimitedMemoryBfgs {
  private static final int MEMORY = 10;
  private static final double ARMIJO = 1e-4;

  private LimitedMemoryBfgs() {}

  /** A function with its gradient. */
  @FunctionalInterface
  interface Function {
    /** Writes the gradient at {@code x} and returns the value. */
    double evaluate(double[] x, double[] gradient);
  }

  /** A step and the change of the gradient along it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pair(double[] s, double[] y, double rho) {}

  /**
   * @param tolerance ends where no element of the gradient is larger
   * @return the best point found; also where iterations run out or it is cancelled
   */
  static double[] minimise(
      Function f, double[] start, double tolerance, int iterations, Cancellation cancellation) {
    int n = start.length;
    double[] x = start.clone();
    double[] g = new double[n];
    double value = f.evaluate(x, g);
    Deque<Pair> memory = new ArrayDeque<>();
    for (int i = 0; i < iterations && largest(g) > tolerance; i++) {
      if (cancellation.isRequested()) {
        break;
      }
      double[] direction = direction(g, memory);
      double slope = dot(direction, g);
      double step = memory.isEmpty() ? 1 / Math.max(1, Math.sqrt(dot(g, g))) : 1;
      double[] next = new double[n];
      double[] nextG = new double[n];
      double nextValue = Double.NaN;
      boolean found = false;
      for (int tries = 0; tries < 30 && !found; tries++, step /= 2) {
        for (int j = 0; j < n; j++) {
          next[j] = x[j] + step * direction[j];
        }
        nextValue = f.evaluate(next, nextG);
        found = nextValue <= value + ARMIJO * step * slope;
      }
      if (!found) {
        break; // no descent within rounding: this is the minimum
      }
      remember(memory, x, next, g, nextG);
      x = next;
      g = nextG;
      value = nextValue;
    }
    return x;
  }

  /** The two-loop recursion, algorithm 7.4. */
  private static double[] direction(double[] g, Deque<Pair> memory) {
    double[] q = g.clone();
    double[] alpha = new double[memory.size()];
    int i = 0;
    for (Pair p : memory) {
      alpha[i] = p.rho * dot(p.s, q);
      add(q, -alpha[i], p.y);
      i++;
    }
    Pair newest = memory.peekFirst();
    if (newest != null) {
      scale(q, 1 / (newest.rho * dot(newest.y, newest.y))); // eq. 7.20
    }
    for (Iterator<Pair> oldest = memory.descendingIterator(); oldest.hasNext(); ) {
      Pair p = oldest.next();
      i--;
      add(q, alpha[i] - p.rho * dot(p.y, q), p.s);
    }
    scale(q, -1);
    return q;
  }

  private static void remember(
      Deque<Pair> memory, double[] x, double[] next, double[] g, double[] nextG) {
    double[] s = next.clone();
    add(s, -1, x);
    double[] y = nextG.clone();
    add(y, -1, g);
    double sy = dot(s, y);
    // Without curvature the pair would spoil the approximation.
    if (sy > 1e-12 * dot(y, y)) {
      memory.addFirst(new Pair(s, y, 1 / sy));
      if (memory.size() > MEMORY) {
        memory.removeLast();
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] a, double factor, double[] b) {
    for (int i = 0; i < a.length; i++) {
      a[i] += factor * b[i];
    }
  }

  private static void scale(double[] a, double factor) {
    for (int i = 0; i < a.length; i++) {
      a[i] *= factor;
    }
  }

  private static double largest(double[] a) {
    double largest = 0;
    for (double v : a) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }
}
