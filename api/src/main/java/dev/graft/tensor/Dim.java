package dev.graft.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One dimension of a shape: a fixed size, or a symbol such as {@code batch} whose size is known
 * only when a program runs.
 *
 * <p>Arithmetic keeps symbolic sizes as polynomials, so that equal expressions over the same
 * symbols are equal, and common factors cancel: {@code batch*seq*64} divided by {@code seq*64} is
 * {@code batch}. A division that leaves a remainder becomes a symbol named after the expression.
 * Sizes of such derived symbols are never computed from their names: a graph is specialised by
 * inferring its shapes again.
 */
public final class Dim {
  /** By degree, then by name: an order that multiplication keeps, as polynomial division needs. */
  private static final Comparator<List<String>> MONOMIALS =
      Comparator.<List<String>>comparingInt(List::size)
          .thenComparing(
              (a, b) -> Arrays.compare(b.toArray(String[]::new), a.toArray(String[]::new)));

  private final long size;

  /** From a product of symbols, sorted, to its coefficient; null where the size is fixed. */
  private final @Nullable TreeMap<List<String>, Long> terms;

  private Dim(long size, @Nullable TreeMap<List<String>, Long> terms) {
    this.size = size;
    this.terms = terms;
  }

  private static Dim of(TreeMap<List<String>, Long> terms) {
    terms.values().removeIf(c -> c == 0);
    if (terms.isEmpty()) {
      return of(0);
    }
    return terms.lastKey().isEmpty() ? of(terms.lastEntry().getValue()) : new Dim(-1, terms);
  }

  /** A fixed size; negative values occur only in shape arithmetic, never in a shape. */
  public static Dim of(long size) {
    return new Dim(size, null);
  }

  /** A size known only by name. */
  public static Dim symbol(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a symbolic dimension needs a name");
    }
    return new Dim(-1, new TreeMap<>(single(List.of(name), 1)));
  }

  /** Whether the size is known. */
  public boolean isFixed() {
    return terms == null;
  }

  /** The known size. */
  public long size() {
    if (terms != null) {
      throw new IllegalStateException(
          "dimension '" + this + "' has no fixed size; specialise the graph first");
    }
    return size;
  }

  /** Whether this is the fixed size {@code n}. */
  public boolean is(long n) {
    return terms == null && size == n;
  }

  public Dim plus(Dim other) {
    return isFixed() && other.isFixed() ? of(Math.addExact(size, other.size)) : plus(other, 1);
  }

  public Dim minus(Dim other) {
    return isFixed() && other.isFixed()
        ? of(Math.subtractExact(size, other.size))
        : plus(other, -1);
  }

  private Dim plus(Dim other, long factor) {
    TreeMap<List<String>, Long> sum = polynomial();
    other.polynomial().forEach((m, c) -> sum.merge(m, c * factor, Long::sum));
    return of(sum);
  }

  public Dim times(Dim other) {
    if (isFixed() && other.isFixed()) {
      return of(Math.multiplyExact(size, other.size));
    }
    TreeMap<List<String>, Long> product = new TreeMap<>(MONOMIALS);
    polynomial()
        .forEach(
            (m, c) ->
                other.polynomial().forEach((n, d) -> product.merge(join(m, n), c * d, Long::sum)));
    return of(product);
  }

  /** Integer division rounding towards negative infinity. */
  public Dim floorDiv(Dim other) {
    if (isFixed() && other.isFixed()) {
      return of(Math.floorDiv(size, other.size));
    }
    if (other.is(0)) {
      throw new ArithmeticException(this + " / 0");
    }
    TreeMap<List<String>, Long> quotient = new TreeMap<>(MONOMIALS);
    TreeMap<List<String>, Long> rest = polynomial();
    TreeMap<List<String>, Long> remainder = new TreeMap<>(MONOMIALS);
    List<String> lead = other.polynomial().lastKey();
    long leadFactor = other.polynomial().lastEntry().getValue();
    while (!rest.isEmpty()) {
      List<String> m = rest.lastKey();
      long c = rest.get(m);
      List<String> q = without(m, lead);
      if (q == null || c % leadFactor != 0) {
        remainder.put(m, c);
        rest.remove(m);
        continue;
      }
      quotient.merge(q, c / leadFactor, Long::sum);
      other
          .polynomial()
          .forEach((n, d) -> rest.merge(join(q, n), -(c / leadFactor) * d, Long::sum));
      rest.values().removeIf(v -> v == 0);
    }
    if (remainder.isEmpty()) {
      return of(quotient);
    }
    if (!other.isFixed()) {
      return symbol("floor((" + this + ")/(" + other + "))");
    }
    Dim left = of(remainder);
    return of(quotient)
        .plus(
            left.isFixed()
                ? of(Math.floorDiv(left.size, other.size))
                : symbol("floor((" + left + ")/" + other + ")"));
  }

  /** A fresh copy of this size as a polynomial; the key of a constant is the empty product. */
  private TreeMap<List<String>, Long> polynomial() {
    TreeMap<List<String>, Long> copy = new TreeMap<>(MONOMIALS);
    if (terms != null) {
      copy.putAll(terms);
    } else if (size != 0) {
      copy.put(List.of(), size);
    }
    return copy;
  }

  private static TreeMap<List<String>, Long> single(List<String> monomial, long factor) {
    TreeMap<List<String>, Long> one = new TreeMap<>(MONOMIALS);
    one.put(monomial, factor);
    return one;
  }

  private static List<String> join(List<String> a, List<String> b) {
    List<String> product = new ArrayList<>(a);
    product.addAll(b);
    Collections.sort(product);
    return List.copyOf(product);
  }

  /** The monomial divided by another; null if that leaves a remainder. */
  private static @Nullable List<String> without(List<String> monomial, List<String> divisor) {
    List<String> left = new ArrayList<>(monomial);
    for (String symbol : divisor) {
      if (!left.remove(symbol)) {
        return null;
      }
    }
    return List.copyOf(left);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Dim d && d.size == size && Objects.equals(d.terms, terms);
  }

  @Override
  public int hashCode() {
    return Objects.hash(size, terms);
  }

  /** The size in digits, or the expression, such as {@code 2*batch+1}. */
  @Override
  public String toString() {
    if (terms == null) {
      return Long.toString(size);
    }
    StringBuilder s = new StringBuilder();
    for (Map.Entry<List<String>, Long> term : terms.descendingMap().entrySet()) {
      long c = term.getValue();
      s.append(c < 0 ? "-" : s.length() > 0 ? "+" : "");
      String product = String.join("*", term.getKey());
      boolean plain = Math.abs(c) == 1 && !product.isEmpty();
      s.append(plain ? "" : Math.abs(c)).append(plain || product.isEmpty() ? "" : "*");
      s.append(product);
    }
    return s.toString();
  }
}
