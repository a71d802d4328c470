package dev.graft.testkit.reference;

import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Operators that compute each element by itself, with broadcasting. */
final class ElementwiseKernels {
  private ElementwiseKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("Identity", c -> List.of(c.in(0)));
    table.put("Cast", c -> List.of(c.in(0).cast(c.dtype(0))));
    table.put("CastLike", c -> List.of(c.in(0).cast(c.in(1).dtype)));

    table.put("Abs", unary(Math::abs, Math::abs));
    table.put("Neg", unary(v -> -v, v -> -v));
    table.put("Sign", unary(Math::signum, v -> Long.signum(v)));
    table.put("Ceil", unary(Math::ceil));
    table.put("Floor", unary(Math::floor));
    table.put("Round", unary(Math::rint));
    table.put("Sqrt", unary(Math::sqrt));
    table.put("Exp", unary(Math::exp));
    table.put("Log", unary(Math::log));
    table.put("Reciprocal", unary(v -> 1 / v));
    table.put("Sin", unary(Math::sin));
    table.put("Cos", unary(Math::cos));
    table.put("Tan", unary(Math::tan));
    table.put("Asin", unary(Math::asin));
    table.put("Acos", unary(Math::acos));
    table.put("Atan", unary(Math::atan));
    table.put("Sinh", unary(Math::sinh));
    table.put("Cosh", unary(Math::cosh));
    table.put("Asinh", unary(ElementwiseKernels::asinh));
    table.put("Acosh", unary(v -> Math.log(v + Math.sqrt(v * v - 1))));
    table.put("Atanh", unary(v -> 0.5 * (Math.log1p(v) - Math.log1p(-v))));
    table.put("Erf", unary(ElementwiseKernels::erf));
    table.put("BitwiseNot", unary(v -> v, v -> ~v));

    table.put("IsNaN", test(Double::isNaN));
    table.put("IsInf", ElementwiseKernels::isInf);
    table.put("Not", c -> List.of(booleans(c.in(0).shape, i -> c.in(0).integer(i) == 0)));

    table.put("Add", binary(Double::sum, Long::sum));
    table.put("Sub", binary((a, b) -> a - b, (a, b) -> a - b));
    table.put("Mul", binary((a, b) -> a * b, (a, b) -> a * b));
    table.put("Div", ElementwiseKernels::div);
    table.put("Pow", ElementwiseKernels::pow);
    table.put("Mod", ElementwiseKernels::mod);
    table.put("BitwiseAnd", binary((a, b) -> a, (a, b) -> a & b));
    table.put("BitwiseOr", binary((a, b) -> a, (a, b) -> a | b));
    table.put("BitwiseXor", binary((a, b) -> a, (a, b) -> a ^ b));
    table.put("BitShift", ElementwiseKernels::bitShift);
    table.put("PRelu", binary((x, slope) -> x < 0 ? slope * x : x, (x, s) -> x < 0 ? s * x : x));

    table.put("And", binary((a, b) -> a, (a, b) -> a & b));
    table.put("Or", binary((a, b) -> a, (a, b) -> a | b));
    table.put("Xor", binary((a, b) -> a, (a, b) -> a ^ b));
    table.put("Equal", compare((a, b) -> a == b, order -> order == 0));
    table.put("Less", compare((a, b) -> a < b, order -> order < 0));
    table.put("LessOrEqual", compare((a, b) -> a <= b, order -> order <= 0));
    table.put("Greater", compare((a, b) -> a > b, order -> order > 0));
    table.put("GreaterOrEqual", compare((a, b) -> a >= b, order -> order >= 0));

    table.put("Max", variadic(Math::max, Math::max));
    table.put("Min", variadic(Math::min, Math::min));
    table.put("Sum", variadic(Double::sum, Long::sum));
    table.put("Mean", ElementwiseKernels::mean);
    table.put("Clip", ElementwiseKernels::clip);
    table.put("Where", ElementwiseKernels::where);
  }

  // --- forms

  /** An operator on floating elements; integers pass unchanged. */
  static Kernel unary(DoubleUnaryOperator f) {
    return unary(f, v -> v);
  }

  static Kernel unary(DoubleUnaryOperator real, LongUnaryOperator integer) {
    return c -> {
      Array x = c.in(0);
      return List.of(
          x.isFloating()
              ? Array.of(x.dtype, x.shape, Arrays.stream(x.reals()).map(real).toArray())
              : Array.of(x.dtype, x.shape, Arrays.stream(x.integers()).map(integer).toArray()));
    };
  }

  private static Kernel test(DoublePredicate p) {
    return c -> List.of(booleans(c.in(0).shape, i -> p.test(c.in(0).real(i))));
  }

  static Array booleans(int[] shape, IntPredicate element) {
    long[] out = new long[Indices.size(shape)];
    Arrays.setAll(out, i -> element.test(i) ? 1 : 0);
    return Array.of(DType.BOOL, shape, out);
  }

  private static Kernel binary(DoubleBinaryOperator real, LongBinaryOperator integer) {
    return c -> List.of(combine(c.in(0), c.in(1), real, integer));
  }

  /** Combines two arrays with broadcasting; the result has the type of the first. */
  static Array combine(Array a, Array b, DoubleBinaryOperator real, LongBinaryOperator integer) {
    int[] shape = Indices.broadcast(a.shape, b.shape);
    int[] ia = Indices.broadcastPositions(a.shape, shape);
    int[] ib = Indices.broadcastPositions(b.shape, shape);
    if (a.isFloating()) {
      double[] x = a.reals();
      double[] y = b.reals();
      double[] out = new double[ia.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = real.applyAsDouble(x[ia[i]], y[ib[i]]);
      }
      return Array.of(a.dtype, shape, out);
    }
    long[] x = a.integers();
    long[] y = b.integers();
    long[] out = new long[ia.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = integer.applyAsLong(x[ia[i]], y[ib[i]]);
    }
    return Array.of(a.dtype, shape, out);
  }

  private static Kernel variadic(DoubleBinaryOperator real, LongBinaryOperator integer) {
    return c -> {
      Array result = c.in(0);
      for (int i = 1; i < c.inputs().size(); i++) {
        result = combine(result, c.in(i), real, integer);
      }
      return List.of(result);
    };
  }

  /** A relation of two floating values. */
  private interface Relation {
    boolean holds(double a, double b);
  }

  /** The relation on floating values, and on the result of comparing integers. */
  private static Kernel compare(Relation real, IntPredicate order) {
    return c -> {
      Array a = c.in(0);
      Array b = c.in(1);
      int[] shape = Indices.broadcast(a.shape, b.shape);
      int[] ia = Indices.broadcastPositions(a.shape, shape);
      int[] ib = Indices.broadcastPositions(b.shape, shape);
      boolean unsigned = a.dtype == DType.UINT64;
      return List.of(
          booleans(
              shape,
              i -> {
                if (a.isFloating()) {
                  return real.holds(a.real(ia[i]), b.real(ib[i]));
                }
                long x = a.integer(ia[i]);
                long y = b.integer(ib[i]);
                return order.test(unsigned ? Long.compareUnsigned(x, y) : Long.compare(x, y));
              }));
    };
  }

  // --- single operators

  private static List<Array> div(Call c) {
    LongBinaryOperator integer =
        c.in(0).dtype == DType.UINT64 ? Long::divideUnsigned : (a, b) -> a / b;
    return List.of(combine(c.in(0), c.in(1), (a, b) -> a / b, integer));
  }

  private static List<Array> pow(Call c) {
    Array x = c.in(0);
    Array exponent = c.in(1);
    if (!x.isFloating() && exponent.isFloating()) {
      Array real = combine(x.cast(DType.FLOAT64), exponent, Math::pow, (a, b) -> a);
      return List.of(real.cast(x.dtype));
    }
    return List.of(combine(x, exponent, Math::pow, ElementwiseKernels::power));
  }

  private static long power(long base, long exponent) {
    if (exponent < 0) {
      return (long) Math.pow(base, exponent);
    }
    long result = 1;
    for (long i = 0; i < exponent; i++) {
      result *= base;
    }
    return result;
  }

  /** With {@code fmod} the sign of the dividend as in C, else that of the divisor as in Python. */
  private static List<Array> mod(Call c) {
    return List.of(
        c.flag("fmod")
            ? combine(c.in(0), c.in(1), (a, b) -> a % b, (a, b) -> a % b)
            : combine(c.in(0), c.in(1), ElementwiseKernels::floorMod, Math::floorMod));
  }

  private static double floorMod(double a, double b) {
    double r = a % b;
    if (r == 0) {
      return Math.copySign(0, b);
    }
    return (r < 0) == (b < 0) || Double.isNaN(r) ? r : r + b;
  }

  private static List<Array> bitShift(Call c) {
    boolean left = c.attributes().s("direction", "").equals("LEFT");
    return List.of(
        combine(
            c.in(0), c.in(1), (a, b) -> a, (a, b) -> b >= Long.SIZE ? 0 : left ? a << b : a >>> b));
  }

  private static List<Array> isInf(Call c) {
    boolean positive = c.i("detect_positive", 1) != 0;
    boolean negative = c.i("detect_negative", 1) != 0;
    return test(v ->
            (positive && v == Double.POSITIVE_INFINITY)
                || (negative && v == Double.NEGATIVE_INFINITY))
        .run(c);
  }

  private static List<Array> mean(Call c) {
    Array sum = variadic(Double::sum, Long::sum).run(c).get(0);
    int n = c.inputs().size();
    return List.of(
        Array.of(sum.dtype, sum.shape, Arrays.stream(sum.reals()).map(v -> v / n).toArray()));
  }

  /** The upper bound wins where the bounds cross. */
  private static List<Array> clip(Call c) {
    Array x = c.in(0);
    if (c.has(1)) {
      x = combine(x, c.in(1), Math::max, Math::max);
    }
    if (c.has(2)) {
      x = combine(x, c.in(2), Math::min, Math::min);
    }
    return List.of(x);
  }

  private static List<Array> where(Call c) {
    Array condition = c.in(0);
    Array yes = c.in(1);
    Array no = c.in(2);
    int[] shape = Indices.broadcast(condition.shape, yes.shape, no.shape);
    int[] ic = Indices.broadcastPositions(condition.shape, shape);
    int[] iy = Indices.broadcastPositions(yes.shape, shape);
    int[] in = Indices.broadcastPositions(no.shape, shape);
    Array out = Array.zeros(yes.dtype, shape);
    for (int i = 0; i < ic.length; i++) {
      boolean holds = condition.integer(ic[i]) != 0;
      out.set(i, holds ? yes : no, holds ? iy[i] : in[i]);
    }
    return List.of(out);
  }

  private static double asinh(double v) {
    double a = Math.abs(v);
    return Math.copySign(Math.log(a + Math.sqrt(a * a + 1)), v);
  }

  /**
   * The error function, by the series of positive terms {@code 2/sqrt(pi) exp(-x^2) sum 2^n
   * x^(2n+1) / (2n+1)!!} (Abramowitz and Stegun, 7.1.6).
   */
  static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
