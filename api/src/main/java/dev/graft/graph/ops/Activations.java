package dev.graft.graph.ops;

import static dev.graft.graph.ops.ElementKind.FLOATING;
import static dev.graft.graph.ops.ElementKind.NUMERIC;
import static dev.graft.graph.ops.ElementKind.SIGNED;
import static dev.graft.graph.ops.Pointwise.formula;
import static dev.graft.graph.ops.Pointwise.indicator;
import static dev.graft.graph.ops.Pointwise.unary;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Nonlinearities, softmax and their gradients.
 *
 * <p>At a kink the derivative is PyTorch's: that of the flat (or left) side for the rectifiers.
 */
public final class Activations {
  private static final double SELU_ALPHA = 1.67326319217681884765625;
  private static final double SELU_GAMMA = 1.05070102214813232421875;

  private Activations() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return Stream.of(rectifiers(), smooth(), gelu(), softmax()).flatMap(List::stream).toList();
  }

  private static List<Operator> rectifiers() {
    return List.of(
        unary("Relu", 14, SIGNED, g -> g.builder().op("ReluGradient", g.dy(), g.y()))
            .withDecomposition(formula(n -> n.in(0).op("Max", n.in(0).constant(0)))),
        Operator.of("ReluGradient", Operator.GRAFT, 2, 2, Activations::gradientType)
            .withDecomposition(formula(n -> n.in(0).mul(positive(n.in(1))))),
        unary("LeakyRelu", 16, FLOATING, g -> g.dy().mul(leakySlope(g.node())))
            .withDecomposition(formula(n -> n.in(0).mul(leakySlope(n)))),
        Operator.of("PRelu", 16, 2, 2, Activations::preluType)
            .withGradient(Activations::preluGradient)
            .withDecomposition(
                formula(n -> isPositive(n.in(0)).where(n.in(0), n.in(0).mul(n.in(1))))),
        unary("ThresholdedRelu", 10, FLOATING, g -> g.dy().mul(aboveThreshold(g.node(), g.in(0))))
            .withDecomposition(formula(n -> n.in(0).mul(aboveThreshold(n, n.in(0))))),
        unary("Shrink", 9, NUMERIC, g -> g.dy().mul(outsideLambda(g.node())))
            .withDecomposition(formula(Activations::shrink)),
        unary("HardSigmoid", 6, FLOATING, Activations::hardSigmoidGradient)
            .withDecomposition(formula(Activations::hardSigmoid)),
        unary("HardSwish", 14, FLOATING, Activations::hardSwishGradient)
            .withDecomposition(formula(n -> n.in(0).mul(sixthHardSigmoid(n.in(0))))));
  }

  private static List<Operator> smooth() {
    return List.of(
        unary("Sigmoid", 13, FLOATING, (dy, x, y) -> dy.mul(y).mul(y.constant(1).sub(y))),
        unary("Tanh", 13, FLOATING, (dy, x, y) -> dy.mul(y.constant(1).sub(y.square()))),
        unary("Softplus", 1, FLOATING, (dy, x, y) -> dy.mul(x.op("Sigmoid")))
            .withDecomposition(formula(n -> softplus(n.in(0)))),
        // 1 - |y| = 1 / (1 + |x|)
        unary(
                "Softsign",
                1,
                FLOATING,
                (dy, x, y) -> dy.mul(y.constant(1).sub(y.op("Abs")).square()))
            .withDecomposition(formula(n -> n.in(0).div(n.in(0).op("Abs").add(1)))),
        // y = alpha (e^x - 1) below zero, so that y' = y + alpha.
        unary("Elu", 6, FLOATING, g -> expUnit(g, 1, alpha(g.node(), 1), 1))
            .withDecomposition(formula(n -> expUnit(n, 1, alpha(n, 1), 1))),
        unary("Selu", 6, FLOATING, g -> expUnit(g, seluGamma(g.node()), seluScale(g.node()), 1))
            .withDecomposition(formula(n -> expUnit(n, seluGamma(n), seluScale(n), 1))),
        unary("Celu", 12, FLOATING, g -> expUnit(g, 1, alpha(g.node(), 1), alpha(g.node(), 1)))
            .withDecomposition(formula(n -> expUnit(n, 1, alpha(n, 1), alpha(n, 1)))),
        unary("Mish", 18, FLOATING, (dy, x, y) -> dy.mul(mishSlope(x)))
            .withDecomposition(formula(n -> n.in(0).mul(n.in(0).op("Softplus").op("Tanh")))),
        Operator.of("Swish", 24, 1, 1, Shapes.same(FLOATING))
            .withDecomposition(
                formula(n -> n.in(0).mul(scaled(n.in(0), alpha(n, 1)).op("Sigmoid")))));
  }

  private static List<Operator> gelu() {
    return List.of(
        unary(
                "Gelu",
                20,
                FLOATING,
                g -> g.builder().op("GeluGradient", g.attributes(), g.dy(), g.in(0)))
            .withDecomposition(formula(n -> n.in(0).mul(geluGate(n.in(0), isTanh(n))))),
        Operator.of("GeluGradient", Operator.GRAFT, 2, 2, Activations::gradientType)
            .withDecomposition(formula(n -> n.in(0).mul(geluSlope(n.in(1), isTanh(n))))));
  }

  private static List<Operator> softmax() {
    return List.of(
        unary("Softmax", 13, FLOATING, g -> gradientRow("SoftmaxGradient", g))
            .withDecomposition(formula(Activations::softmax)),
        unary("LogSoftmax", 13, FLOATING, g -> gradientRow("LogSoftmaxGradient", g))
            .withDecomposition(formula(Activations::logSoftmax)),
        Operator.of("SoftmaxGradient", Operator.GRAFT, 2, 2, Activations::gradientType)
            .withDecomposition(formula(Activations::softmaxGradient)),
        Operator.of("LogSoftmaxGradient", Operator.GRAFT, 2, 2, Activations::gradientType)
            .withDecomposition(formula(Activations::logSoftmaxGradient)),
        Pointwise.step("Hardmax", 13, FLOATING));
  }

  // --- types

  /** A gradient of y and a value of the same type. */
  private static List<TensorType> gradientType(NodeContext n) {
    FLOATING.check(n, 0);
    if (!n.type(0).equals(n.type(1))) {
      throw n.error("needs two inputs of one type, but got " + n.type(0) + " and " + n.type(1));
    }
    return List.of(n.type(0));
  }

  /** The slope broadcasts to x, never x to the slope. */
  private static List<TensorType> preluType(NodeContext n) {
    NUMERIC.check(n, 0);
    Shapes.sameDType(n);
    if (Shapes.broadcastAll(n).rank() != n.type(0).rank()) {
      throw n.error("needs a slope that broadcasts to " + n.type(0) + ", but got " + n.type(1));
    }
    return List.of(n.type(0));
  }

  // --- rectifiers

  private static Value isPositive(Value x) {
    return x.greater(x.constant(0));
  }

  private static Value positive(Value x) {
    return indicator(isPositive(x), x);
  }

  /** 1 where x is positive and alpha elsewhere. */
  private static Value leakySlope(NodeContext n) {
    double alpha = alpha(n, 0.01);
    return positive(n.in(0)).mul(1 - alpha).add(alpha);
  }

  private static List<@Nullable Value> preluGradient(GradientContext g) {
    Value x = g.in(0);
    Value dx = g.needs(0) ? isPositive(x).where(g.dy(), g.dy().mul(g.in(1))) : null;
    Value dslope = g.needs(1) ? g.unbroadcast(g.dy().mul(x.op("Min", x.constant(0))), 1) : null;
    return Arrays.asList(dx, dslope);
  }

  private static Value aboveThreshold(NodeContext n, Value x) {
    return indicator(x.greater(x.constant(alpha(n, 1))), x);
  }

  private static Value outsideLambda(NodeContext n) {
    Value x = n.in(0);
    return indicator(x.op("Abs").greater(x.constant(n.attributes().f("lambd", 0.5))), x);
  }

  private static Value shrink(NodeContext n) {
    Value x = n.in(0);
    return x.sub(x.op("Sign").mul(n.attributes().f("bias", 0))).mul(outsideLambda(n));
  }

  private static Value hardSigmoid(NodeContext n) {
    Value line = n.in(0).mul(n.attributes().f("alpha", 0.2)).add(n.attributes().f("beta", 0.5));
    return line.op("Clip", line.constant(0), line.constant(1));
  }

  private static Value hardSigmoidGradient(GradientContext g) {
    return g.dy().mul(strictlyInside(g.y())).mul(g.attributes().f("alpha", 0.2));
  }

  /** 1 where 0 &lt; h &lt; 1. */
  private static Value strictlyInside(Value h) {
    return positive(h.mul(h.constant(1).sub(h)));
  }

  private static Value sixthHardSigmoid(Value x) {
    return x.builder().op("HardSigmoid", Attributes.of("alpha", 1.0 / 6, "beta", 0.5), x);
  }

  /** y = x h(x), so that y' = h + x h', and h' = 1/6 where |x| &lt; 3. */
  private static Value hardSwishGradient(GradientContext g) {
    Value x = g.in(0);
    Value ramp = indicator(x.op("Abs").op("Less", x.constant(3)), x);
    return g.dy().mul(sixthHardSigmoid(x).add(x.mul(ramp).div(6)));
  }

  // --- smooth

  private static double alpha(NodeContext n, double otherwise) {
    return n.attributes().f("alpha", otherwise);
  }

  private static double seluGamma(NodeContext n) {
    return n.attributes().f("gamma", SELU_GAMMA);
  }

  private static double seluScale(NodeContext n) {
    return seluGamma(n) * alpha(n, SELU_ALPHA);
  }

  private static Value scaled(Value x, double factor) {
    return factor == 1 ? x : x.mul(factor);
  }

  /** max(x, 0) + log(1 + e^-|x|), which does not overflow. */
  private static Value softplus(Value x) {
    return x.op("Relu").add(x.op("Abs").neg().exp().add(1).log());
  }

  /** gamma x above zero and scale (e^(x / width) - 1) below. */
  private static Value expUnit(NodeContext n, double gamma, double scale, double width) {
    Value x = n.in(0);
    Value negative = x.op("Min", x.constant(0));
    return scaled(x.op("Relu"), gamma).add(scaled(scaled(negative, 1 / width).exp().sub(1), scale));
  }

  /** The derivative of {@link #expUnit(NodeContext, double, double, double)}. */
  private static Value expUnit(GradientContext g, double gamma, double scale, double width) {
    Value below = scaled(g.y().add(scale), 1 / width);
    return g.dy().mul(isPositive(g.in(0)).where(below.constant(gamma), below));
  }

  /** y = x t with t = tanh(softplus x), so that y' = t + x (1 - t^2) sigmoid(x). */
  private static Value mishSlope(Value x) {
    Value t = x.op("Softplus").op("Tanh");
    return t.add(x.mul(x.op("Sigmoid")).mul(t.constant(1).sub(t.square())));
  }

  private static boolean isTanh(NodeContext n) {
    return n.attributes().s("approximate", "none").equals("tanh");
  }

  /** The factor of x in Gelu: the normal distribution function or its tanh approximation. */
  private static Value geluGate(Value x, boolean tanh) {
    return tanh
        ? geluInner(x).op("Tanh").add(1).mul(0.5)
        : x.mul(Math.sqrt(0.5)).op("Erf").add(1).mul(0.5);
  }

  /** sqrt(2 / pi) (x + 0.044715 x^3) */
  private static Value geluInner(Value x) {
    return x.mul(x.square().mul(0.044715).add(1)).mul(Math.sqrt(2 / Math.PI));
  }

  private static Value geluSlope(Value x, boolean tanh) {
    return tanh ? tanhGeluSlope(x) : erfGeluSlope(x);
  }

  /** Phi(x) + x phi(x) = (1 + erf u) / 2 + u e^(-u^2) / sqrt(pi), where u = x / sqrt(2). */
  private static Value erfGeluSlope(Value x) {
    Value u = x.mul(Math.sqrt(0.5));
    Value distribution = u.op("Erf").add(1).mul(0.5);
    Value density = u.constant(-0.5 * Math.log(Math.PI)).sub(u.square()).exp();
    return distribution.add(u.mul(density));
  }

  /** y = x (1 + t) / 2 with t = tanh u, so that y' = (1 + t) / 2 + x (1 - t^2) u' / 2. */
  private static Value tanhGeluSlope(Value x) {
    Value t = geluInner(x).op("Tanh");
    Value innerSlope = x.square().mul(3 * 0.044715).add(1).mul(Math.sqrt(2 / Math.PI));
    Value curve = x.mul(t.constant(1).sub(t.square())).mul(innerSlope);
    return t.add(1).add(curve).mul(0.5);
  }

  // --- softmax

  private static Value gradientRow(String row, GradientContext g) {
    return g.builder().op(row, g.attributes(), g.dy(), g.y());
  }

  private static long axis(NodeContext n) {
    return n.type(0).shape().axis(n.attributes().i("axis", -1));
  }

  private static Value shifted(NodeContext n) {
    return n.in(0).sub(n.in(0).max(true, axis(n)));
  }

  private static Value softmax(NodeContext n) {
    Value e = shifted(n).exp();
    return e.div(e.sum(true, axis(n)));
  }

  private static Value logSoftmax(NodeContext n) {
    Value shifted = shifted(n);
    return shifted.sub(shifted.exp().sum(true, axis(n)).log());
  }

  /** dx = y (dy - sum(dy y)) */
  private static Value softmaxGradient(NodeContext n) {
    Value dy = n.in(0);
    Value y = n.in(1);
    Value product = dy.mul(y);
    return product.sub(y.mul(product.sum(true, axis(n))));
  }

  /** dx = dy - e^y sum(dy) */
  private static Value logSoftmaxGradient(NodeContext n) {
    Value dy = n.in(0);
    return dy.sub(n.in(1).exp().mul(dy.sum(true, axis(n))));
  }
}
