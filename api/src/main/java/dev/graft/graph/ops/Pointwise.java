package dev.graft.graph.ops;

import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makers of rows for operators that work on each element by itself. */
final class Pointwise {
  private Pointwise() {}

  /** The derivative of y = f(x), applied to dy. */
  @FunctionalInterface
  interface Unary {
    Value dx(Value dy, Value x, Value y);
  }

  /** A partial derivative of y = f(a, b), applied to dy. */
  @FunctionalInterface
  interface Binary {
    Value of(Value dy, Value a, Value b, Value y);
  }

  /** y = f(x) without attributes. */
  static Operator unary(String name, int since, ElementKind kind, Unary derivative) {
    return unary(name, since, kind, g -> derivative.dx(g.dy(), g.in(0), g.y()));
  }

  /** y = f(x) whose derivative reads attributes. */
  static Operator unary(
      String name, int since, ElementKind kind, Function<GradientContext, Value> derivative) {
    return Operator.of(name, since, 1, 1, Shapes.same(kind))
        .withGradient(g -> List.of(derivative.apply(g)));
  }

  /** y = f(x) that is constant almost everywhere. */
  static Operator step(String name, int since, ElementKind kind) {
    return Operator.of(name, since, 1, 1, Shapes.same(kind)).withoutGradient();
  }

  /** y = f(a, b) with broadcasting. */
  static Operator binary(String name, int since, ElementKind kind, Binary da, Binary db) {
    return Operator.of(name, since, 2, 2, Shapes.broadcast(kind)).withGradient(partials(da, db));
  }

  /** The gradient rule made of two partial derivatives. */
  static Operator.GradientRule partials(Binary da, Binary db) {
    return g -> {
      @Nullable Value[] result = new @Nullable Value[2];
      Binary[] partials = {da, db};
      for (int i = 0; i < 2; i++) {
        if (g.needs(i)) {
          result[i] = g.unbroadcast(partials[i].of(g.dy(), g.in(0), g.in(1), g.y()), i);
        }
      }
      return Arrays.asList(result);
    };
  }

  /** y = a ? b with broadcasting and a boolean result. */
  static Operator comparison(String name, int since, ElementKind kind) {
    return Operator.of(name, since, 2, 2, Shapes.comparison(kind)).withoutGradient();
  }

  /** A decomposition into one value; null where there is none. */
  static Operator.Decomposition formula(Function<NodeContext, @Nullable Value> formula) {
    return n -> {
      Value value = formula.apply(n);
      return value == null ? null : List.of(value);
    };
  }

  /** 1 where the condition holds and 0 elsewhere, in the element type of {@code like}. */
  static Value indicator(Value condition, Value like) {
    return condition.cast(like.dtype());
  }
}
