package dev.graft.graph;

import dev.graft.tensor.Dim;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Elementwise operators on sizes that may be symbolic; booleans are 1 and 0. Symbols stand for
 * sizes of at least 1.
 */
final class DimRules {
  private DimRules() {}

  /** The rule of an elementwise operator of two integers; null if the result is not known. */
  static @Nullable BinaryOperator<@Nullable Dim> binary(String operator) {
    return switch (operator) {
      case "Add", "Sum" -> Dim::plus;
      case "Sub" -> Dim::minus;
      case "Mul" -> Dim::times;
      case "Div" -> DimRules::divide;
      case "Mod" -> DimRules::modulo;
      case "Max" -> DimRules::max;
      case "Min" -> DimRules::min;
      case "Equal" -> (a, b) -> compare(a, b, 0, false);
      case "Less" -> (a, b) -> compare(a, b, -1, false);
      case "Greater" -> (a, b) -> compare(a, b, 1, false);
      case "LessOrEqual" -> (a, b) -> compare(a, b, -1, true);
      case "GreaterOrEqual" -> (a, b) -> compare(a, b, 1, true);
      case "And" -> (a, b) -> both(a, b, a.is(1) && b.is(1));
      case "Or" -> (a, b) -> both(a, b, a.is(1) || b.is(1));
      case "Xor" -> (a, b) -> both(a, b, !a.equals(b));
      default -> null;
    };
  }

  private static @Nullable Dim both(Dim a, Dim b, boolean result) {
    return a.isFixed() && b.isFixed() ? Dim.of(result ? 1 : 0) : null;
  }

  /** Division as ONNX does it, towards zero; sizes are not negative. */
  private static @Nullable Dim divide(Dim a, Dim b) {
    if (b.is(0)) {
      return null;
    }
    return a.isFixed() && b.isFixed() ? Dim.of(a.size() / b.size()) : a.floorDiv(b);
  }

  private static @Nullable Dim modulo(Dim a, Dim b) {
    if (b.is(0)) {
      return null;
    }
    if (a.isFixed() && b.isFixed()) {
      return Dim.of(Math.floorMod(a.size(), b.size()));
    }
    return a.floorDiv(b).times(b).equals(a) ? Dim.of(0) : null;
  }

  static @Nullable Dim max(Dim a, Dim b) {
    Dim difference = a.minus(b);
    if (difference.isFixed()) {
      return difference.size() >= 0 ? a : b;
    }
    return a.isFixed() && a.size() <= 1 ? b : b.isFixed() && b.size() <= 1 ? a : null;
  }

  static @Nullable Dim min(Dim a, Dim b) {
    Dim max = max(a, b);
    return max == null ? null : max.equals(a) ? b : a;
  }

  /** Whether a relation holds: 1 or 0, or null if that depends on the symbols. */
  private static @Nullable Dim compare(Dim a, Dim b, int wanted, boolean orEqual) {
    Dim difference = a.minus(b);
    int sign;
    if (difference.isFixed()) {
      sign = Long.signum(difference.size());
    } else if (b.isFixed() && b.size() < 1) {
      sign = 1;
    } else if (a.isFixed() && a.size() < 1) {
      sign = -1;
    } else {
      return null;
    }
    return Dim.of(sign == wanted || (orEqual && sign == 0) ? 1 : 0);
  }
}
