package dev.graft.graph.ops;

import static dev.graft.graph.ops.ElementKind.ANY;
import static dev.graft.graph.ops.ElementKind.BOOLEAN;
import static dev.graft.graph.ops.ElementKind.FLOATING;
import static dev.graft.graph.ops.ElementKind.INTEGER;
import static dev.graft.graph.ops.ElementKind.NUMERIC;
import static dev.graft.graph.ops.ElementKind.SIGNED;
import static dev.graft.graph.ops.ElementKind.UNSIGNED;
import static dev.graft.graph.ops.Pointwise.binary;
import static dev.graft.graph.ops.Pointwise.comparison;
import static dev.graft.graph.ops.Pointwise.indicator;
import static dev.graft.graph.ops.Pointwise.step;
import static dev.graft.graph.ops.Pointwise.unary;

import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic, comparison, logic, rounding, casts and other functions of single elements.
 *
 * <p>At a kink the derivative is PyTorch's: zero for {@code Abs} and one on both bounds of {@code
 * Clip}; operands of {@code Max} and {@code Min} that tie share the gradient evenly.
 */
public final class Elementwise {
  private Elementwise() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return Stream.of(arithmetic(), functions(), variadic(), selection(), logic())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Operator> arithmetic() {
    return List.of(
        binary("Add", 14, NUMERIC, (dy, a, b, y) -> dy, (dy, a, b, y) -> dy),
        binary("Sub", 14, NUMERIC, (dy, a, b, y) -> dy, (dy, a, b, y) -> dy.neg()),
        binary("Mul", 14, NUMERIC, (dy, a, b, y) -> dy.mul(b), (dy, a, b, y) -> dy.mul(a)),
        binary(
            "Div",
            14,
            NUMERIC,
            (dy, a, b, y) -> dy.div(b),
            (dy, a, b, y) -> dy.mul(y).div(b).neg()),
        // y = a - b trunc(a / b), and the quotient is flat.
        Operator.of("Mod", 13, 2, 2, Elementwise::modType)
            .withGradient(
                Pointwise.partials(
                    (dy, a, b, y) -> dy,
                    (dy, a, b, y) -> dy.mul(a.sub(y).div(b).op("Round")).neg())),
        Operator.of("Pow", 15, 2, 2, Elementwise::powType).withGradient(Elementwise::powGradient));
  }

  private static List<Operator> functions() {
    return List.of(
        unary("Neg", 13, SIGNED, (dy, x, y) -> dy.neg()),
        unary("Abs", 13, NUMERIC, (dy, x, y) -> dy.mul(x.op("Sign"))),
        unary("Exp", 13, FLOATING, (dy, x, y) -> dy.mul(y)),
        unary("Log", 13, FLOATING, (dy, x, y) -> dy.div(x)),
        unary("Sqrt", 13, FLOATING, (dy, x, y) -> dy.div(y.mul(2))),
        unary("Reciprocal", 13, FLOATING, (dy, x, y) -> dy.mul(y.square()).neg()),
        unary(
            "Erf",
            13,
            NUMERIC,
            (dy, x, y) -> dy.mul(x.square().neg().exp()).mul(2 / Math.sqrt(Math.PI))),
        unary("Sin", 7, FLOATING, (dy, x, y) -> dy.mul(x.op("Cos"))),
        unary("Cos", 7, FLOATING, (dy, x, y) -> dy.mul(x.op("Sin")).neg()),
        unary("Tan", 7, FLOATING, (dy, x, y) -> dy.mul(y.square().add(1))),
        unary("Asin", 7, FLOATING, (dy, x, y) -> dy.div(x.constant(1).sub(x.square()).sqrt())),
        unary(
            "Acos", 7, FLOATING, (dy, x, y) -> dy.div(x.constant(1).sub(x.square()).sqrt()).neg()),
        unary("Atan", 7, FLOATING, (dy, x, y) -> dy.div(x.square().add(1))),
        unary("Sinh", 9, FLOATING, (dy, x, y) -> dy.mul(x.op("Cosh"))),
        unary("Cosh", 9, FLOATING, (dy, x, y) -> dy.mul(x.op("Sinh"))),
        unary("Asinh", 9, FLOATING, (dy, x, y) -> dy.div(x.square().add(1).sqrt())),
        unary("Acosh", 9, FLOATING, (dy, x, y) -> dy.div(x.square().sub(1).sqrt())),
        unary("Atanh", 9, FLOATING, (dy, x, y) -> dy.div(x.constant(1).sub(x.square()))),
        step("Sign", 13, NUMERIC),
        step("Floor", 13, FLOATING),
        step("Ceil", 13, FLOATING),
        step("Round", 11, FLOATING));
  }

  private static List<Operator> variadic() {
    return List.of(
        variadic("Sum", 13, FLOATING, Elementwise::sumGradient),
        variadic("Mean", 13, FLOATING, Elementwise::meanGradient),
        variadic("Max", 13, NUMERIC, Elementwise::extremumGradient),
        variadic("Min", 13, NUMERIC, Elementwise::extremumGradient));
  }

  private static Operator variadic(
      String name, int since, ElementKind kind, Operator.GradientRule gradient) {
    return Operator.of(name, since, 1, Operator.ANY, Shapes.broadcast(kind)).withGradient(gradient);
  }

  private static List<Operator> selection() {
    return List.of(
        Operator.of("Identity", 21, 1, 1, Shapes.same(ANY)).withGradient(g -> List.of(g.dy())),
        Operator.of("Cast", 21, 1, 1, Elementwise::castType)
            .withGradient(g -> List.of(g.dy().cast(g.in(0).dtype()))),
        Operator.of("CastLike", 21, 2, 2, n -> List.of(n.type(0).withDType(n.type(1).dtype())))
            .withDecomposition(n -> List.of(n.in(0).cast(n.type(1).dtype()))),
        Operator.of("Where", 16, 3, 3, Elementwise::whereType)
            .withGradient(Elementwise::whereGradient),
        Operator.of("Clip", 13, 1, 3, Elementwise::clipType)
            .withGradient(Elementwise::clipGradient));
  }

  private static List<Operator> logic() {
    return List.of(
        comparison("Equal", 19, ANY),
        comparison("Less", 13, NUMERIC),
        comparison("LessOrEqual", 16, NUMERIC),
        comparison("Greater", 13, NUMERIC),
        comparison("GreaterOrEqual", 16, NUMERIC),
        comparison("And", 7, BOOLEAN),
        comparison("Or", 7, BOOLEAN),
        comparison("Xor", 7, BOOLEAN),
        step("Not", 1, BOOLEAN),
        Operator.of("IsNaN", 20, 1, 1, Shapes.comparison(FLOATING)).withoutGradient(),
        Operator.of("IsInf", 20, 1, 1, Shapes.comparison(FLOATING)).withoutGradient(),
        Operator.of("BitShift", 11, 2, 2, Shapes.broadcast(UNSIGNED)).withoutGradient(),
        Operator.of("BitwiseAnd", 18, 2, 2, Shapes.broadcast(INTEGER)).withoutGradient(),
        Operator.of("BitwiseOr", 18, 2, 2, Shapes.broadcast(INTEGER)).withoutGradient(),
        Operator.of("BitwiseXor", 18, 2, 2, Shapes.broadcast(INTEGER)).withoutGradient(),
        step("BitwiseNot", 18, INTEGER));
  }

  // --- types

  private static List<TensorType> modType(NodeContext n) {
    if (n.type(0).dtype().isFloating() && n.attributes().i("fmod", 0) != 1) {
      throw n.error("needs fmod=1 for " + n.type(0).dtype());
    }
    return Shapes.broadcast(NUMERIC).infer(n);
  }

  /** The exponent may have another element type than the base. */
  private static List<TensorType> powType(NodeContext n) {
    SIGNED.check(n, 0);
    NUMERIC.check(n, 1);
    return List.of(n.type(0).withShape(Shapes.broadcastAll(n)));
  }

  private static List<TensorType> castType(NodeContext n) {
    if (!n.attributes().has("to")) {
      throw n.error("needs the attribute 'to'");
    }
    return List.of(n.type(0).withDType(Shapes.dtype(n, "to", DType.FLOAT32)));
  }

  private static List<TensorType> whereType(NodeContext n) {
    BOOLEAN.check(n, 0);
    Shapes.sameDType(n, 1, 2);
    return List.of(n.type(1).withShape(Shapes.broadcastAll(n)));
  }

  private static List<TensorType> clipType(NodeContext n) {
    NUMERIC.check(n, 0);
    Shapes.sameDType(n);
    for (int i = 1; i < 3; i++) {
      if (n.has(i) && !n.type(i).shape().dims().stream().allMatch(d -> d.is(1))) {
        throw n.error("needs a scalar bound, but '" + n.in(i).name() + "' is " + n.type(i));
      }
    }
    return List.of(n.type(0));
  }

  // --- derivatives

  /** da = dy b a^(b-1), db = dy y ln a; the latter is 0 where a = 0. */
  private static List<@Nullable Value> powGradient(GradientContext g) {
    Value a = g.in(0);
    Value b = g.in(1).cast(a.dtype());
    Value da = null;
    Value db = null;
    if (g.needs(0)) {
      da = g.unbroadcast(g.dy().mul(powSlope(a, b, g.node().constant(1))), 0);
    }
    if (g.needs(1)) {
      Value zero = a.constant(0);
      Value slope = a.equalTo(zero).where(zero, g.y().mul(a.log()));
      db = g.unbroadcast(g.dy().mul(slope), 1).cast(g.in(1).dtype());
    }
    return Arrays.asList(da, db);
  }

  /** b a^(b-1), in products where the exponent is a small constant. */
  private static Value powSlope(Value a, Value b, Optional<HostTensor> exponent) {
    if (exponent.isPresent() && exponent.get().size() == 1) {
      double c = exponent.get().getDouble(0);
      if (c == 0 || c == 1) {
        return a.constant(c);
      }
      if (c == 2) {
        return a.mul(2);
      }
      if (c == 3) {
        return a.square().mul(3);
      }
      return a.op("Pow", a.constant(c - 1)).mul(c);
    }
    // a^(b-1) is infinite at a = b = 0, where the function is constant in a.
    Value zero = a.constant(0);
    return b.equalTo(zero).where(zero, b.mul(a.op("Pow", b.sub(1))));
  }

  private static List<@Nullable Value> sumGradient(GradientContext g) {
    return forEachInput(g, i -> g.dy());
  }

  private static List<@Nullable Value> meanGradient(GradientContext g) {
    Value share = g.dy().div(g.node().inputs().size());
    return forEachInput(g, i -> share);
  }

  /** The gradient goes to the operands that are the extremum, in equal parts. */
  private static List<@Nullable Value> extremumGradient(GradientContext g) {
    List<Value> hits = new ArrayList<>();
    for (int i = 0; i < g.node().inputs().size(); i++) {
      hits.add(indicator(g.in(i).equalTo(g.y()), g.y()));
    }
    Value share = g.dy().div(hits.stream().reduce(Value::add).orElseThrow());
    return forEachInput(g, i -> share.mul(hits.get(i)));
  }

  private static List<@Nullable Value> forEachInput(
      GradientContext g, IntFunction<Value> derivative) {
    List<@Nullable Value> result = new ArrayList<>();
    for (int i = 0; i < g.node().inputs().size(); i++) {
      result.add(g.needs(i) ? g.unbroadcast(derivative.apply(i), i) : null);
    }
    return result;
  }

  private static List<@Nullable Value> whereGradient(GradientContext g) {
    Value zero = g.dy().constant(0);
    Value da = g.needs(1) ? g.unbroadcast(g.in(0).where(g.dy(), zero), 1) : null;
    Value db = g.needs(2) ? g.unbroadcast(g.in(0).where(zero, g.dy()), 2) : null;
    return Arrays.asList(null, da, db);
  }

  /** An element passes the gradient on where clipping left it as it was. */
  private static List<@Nullable Value> clipGradient(GradientContext g) {
    Value x = g.in(0);
    Value dx = g.needs(0) ? g.dy().mul(indicator(x.equalTo(g.y()), x)) : null;
    Value dmin = g.needs(1) ? boundGradient(g, 1, x.op("Less", g.in(1))) : null;
    Value dmax = g.needs(2) ? boundGradient(g, 2, x.greater(g.in(2))) : null;
    return Arrays.asList(dx, dmin, dmax);
  }

  private static Value boundGradient(GradientContext g, int i, Value outside) {
    Shape bound = g.in(i).shape();
    Value sum = g.dy().mul(indicator(outside, g.dy())).sum(false);
    return bound.rank() == 0 ? sum : sum.reshape(bound.sizes());
  }
}
