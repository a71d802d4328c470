package dev.graft.tensor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One dimension of a shape: a fixed size, or a symbol such as {@code batch} whose size is known
 * only when a program runs.
 *
 * <p>Arithmetic on symbols yields a symbol named after the expression, so that equal expressions
 * over the same symbols compare equal. Sizes of such derived symbols are never computed from their
 * names: a graph is specialised by inferring its shapes again.
 */
public final class Dim {
  private final long size;
  private final @Nullable String symbol;

  private Dim(long size, @Nullable String symbol) {
    this.size = size;
    this.symbol = symbol;
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
    return new Dim(-1, name);
  }

  /** Whether the size is known. */
  public boolean isFixed() {
    return symbol == null;
  }

  /** The known size. */
  public long size() {
    if (symbol != null) {
      throw new IllegalStateException(
          "dimension '" + symbol + "' has no fixed size; specialise the graph first");
    }
    return size;
  }

  /** Whether this is the fixed size {@code n}. */
  public boolean is(long n) {
    return symbol == null && size == n;
  }

  public Dim plus(Dim other) {
    if (isFixed() && other.isFixed()) {
      return of(size + other.size);
    }
    return is(0) ? other : other.is(0) ? this : expression("+", other);
  }

  public Dim minus(Dim other) {
    if (isFixed() && other.isFixed()) {
      return of(size - other.size);
    }
    return other.is(0) ? this : equals(other) ? of(0) : expression("-", other);
  }

  public Dim times(Dim other) {
    if (isFixed() && other.isFixed()) {
      return of(size * other.size);
    }
    return is(1)
        ? other
        : other.is(1) ? this : is(0) || other.is(0) ? of(0) : expression("*", other);
  }

  /** Integer division rounding towards negative infinity. */
  public Dim floorDiv(Dim other) {
    if (isFixed() && other.isFixed()) {
      return of(Math.floorDiv(size, other.size));
    }
    return other.is(1) ? this : equals(other) ? of(1) : expression("/", other);
  }

  private Dim expression(String operator, Dim other) {
    return symbol("(" + this + operator + other + ")");
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Dim d && d.size == size && Objects.equals(d.symbol, symbol);
  }

  @Override
  public int hashCode() {
    return Objects.hash(size, symbol);
  }

  /** The size in digits, or the symbol. */
  @Override
  public String toString() {
    return symbol == null ? Long.toString(size) : symbol;
  }
}
