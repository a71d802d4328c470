package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.cast;
import static dev.graft.backend.djl.Emission.number;

import dev.graft.tensor.DType;
import java.util.List;
import java.util.Map;

/** Functions of single elements, activations and their gradients. */
final class ElementwiseOperators {
  /** Operators that PyTorch has under another or the same name, with the same meaning. */
  private static final Map<String, String> UNARY =
      Map.ofEntries(
          Map.entry("Neg", "neg"),
          Map.entry("Abs", "abs"),
          Map.entry("Sign", "sign"),
          Map.entry("Exp", "exp"),
          Map.entry("Log", "log"),
          Map.entry("Sqrt", "sqrt"),
          Map.entry("Reciprocal", "reciprocal"),
          Map.entry("Floor", "floor"),
          Map.entry("Ceil", "ceil"),
          Map.entry("Round", "round"),
          Map.entry("Erf", "erf"),
          Map.entry("Sin", "sin"),
          Map.entry("Cos", "cos"),
          Map.entry("Tan", "tan"),
          Map.entry("Asin", "asin"),
          Map.entry("Acos", "acos"),
          Map.entry("Atan", "atan"),
          Map.entry("Sinh", "sinh"),
          Map.entry("Cosh", "cosh"),
          Map.entry("Asinh", "asinh"),
          Map.entry("Acosh", "acosh"),
          Map.entry("Atanh", "atanh"),
          Map.entry("Relu", "relu"),
          Map.entry("Sigmoid", "sigmoid"),
          Map.entry("Tanh", "tanh"),
          Map.entry("HardSwish", "hardswish"),
          Map.entry("Mish", "mish"),
          Map.entry("Not", "logical_not"),
          Map.entry("BitwiseNot", "bitwise_not"),
          Map.entry("IsNaN", "isnan"));

  private static final Map<String, String> BINARY =
      Map.ofEntries(
          Map.entry("Add", "add"),
          Map.entry("Sub", "sub"),
          Map.entry("Mul", "mul"),
          Map.entry("Equal", "eq"),
          Map.entry("Less", "lt"),
          Map.entry("LessOrEqual", "le"),
          Map.entry("Greater", "gt"),
          Map.entry("GreaterOrEqual", "ge"),
          Map.entry("And", "logical_and"),
          Map.entry("Or", "logical_or"),
          Map.entry("Xor", "logical_xor"),
          Map.entry("BitwiseAnd", "bitwise_and"),
          Map.entry("BitwiseOr", "bitwise_or"),
          Map.entry("BitwiseXor", "bitwise_xor"));

  private ElementwiseOperators() {}

  static void register(TorchOperators rows) {
    UNARY.forEach((onnx, torch) -> rows.expression(onnx, e -> call(torch, e.in(0))));
    BINARY.forEach((onnx, torch) -> rows.expression(onnx, e -> call(torch, e.in(0), e.in(1))));
    rows.expression("Identity", e -> e.in(0));
    rows.expression("Div", ElementwiseOperators::div);
    rows.expression(
        "Mod",
        e -> call(e.attributes().i("fmod", 0) == 1 ? "fmod" : "remainder", e.in(0), e.in(1)));
    rows.expression("Pow", ElementwiseOperators::pow);
    rows.expression("Softsign", e -> call("div", e.in(0), call("add", call("abs", e.in(0)), 1)));
    rows.expression("Softplus", e -> call("softplus", e.in(0)));
    rows.expression("Where", e -> call("where", e.in(0), e.in(1), e.in(2)));
    rows.expression(
        "Cast",
        node -> node.attributes().i("saturate", 1) == 1 ? null : "conversion without saturation",
        e -> cast(e.in(0), e.outputType(0).dtype()));
    rows.expression("CastLike", e -> cast(e.in(0), e.outputType(0).dtype()));
    rows.expression("Clip", ElementwiseOperators::clip);
    rows.expression("IsInf", ElementwiseOperators::isInf);
    rows.expression("Max", e -> fold("maximum", e));
    rows.expression("Min", e -> fold("minimum", e));
    rows.expression("Sum", e -> fold("add", e));
    rows.expression("Mean", e -> call("div", fold("add", e), e.inputs()));
    rows.expression("BitShift", ElementwiseOperators::shift);

    rows.expression(
        "LeakyRelu", e -> call("leaky_relu", e.in(0), number(e.attributes().f("alpha", 0.01))));
    rows.expression("Elu", e -> call("elu", e.in(0), number(e.attributes().f("alpha", 1)), 1, 1));
    rows.expression("Celu", e -> call("celu", e.in(0), number(e.attributes().f("alpha", 1))));
    rows.expression("Selu", ElementwiseOperators::selu);
    rows.expression("HardSigmoid", ElementwiseOperators::hardSigmoid);
    rows.expression("ThresholdedRelu", ElementwiseOperators::thresholdedRelu);
    rows.expression(
        "PRelu",
        e -> call("where", call("ge", e.in(0), 0), e.in(0), call("mul", e.in(0), e.in(1))));
    rows.expression("Swish", ElementwiseOperators::swish);
    rows.expression("Gelu", e -> call("gelu", e.in(0), approximate(e)));
    rows.expression("GeluGradient", e -> call("gelu_backward", e.in(0), e.in(1), approximate(e)));
    rows.expression(TorchForms.CLIP_GRADIENT.name(), ElementwiseOperators::clipGradient);
    rows.expression("ReluGradient", e -> call("threshold_backward", e.in(0), e.in(1), 0));
    rows.expression("Softmax", e -> call("softmax", e.in(0), e.axis("axis", -1)));
    rows.expression("LogSoftmax", e -> call("log_softmax", e.in(0), e.axis("axis", -1)));
    rows.expression("Hardmax", ElementwiseOperators::hardmax);
    rows.expression("SoftmaxGradient", e -> softmaxGradient("_softmax_backward_data", e));
    rows.expression("LogSoftmaxGradient", e -> softmaxGradient("_log_softmax_backward_data", e));
  }

  private static String hardmax(Emission e) {
    int axis = e.axis("axis", -1);
    String winner = call("argmax", e.in(0), axis, "True");
    return call("scatter", call("zeros_like", e.in(0)), axis, winner, number(1));
  }

  private static String approximate(Emission e) {
    return "approximate=\"" + e.attributes().s("approximate", "none") + "\"";
  }

  private static String softmaxGradient(String function, Emission e) {
    return call(function, e.in(0), e.in(1), e.axis("axis", -1), Emission.dtype(e.dtype()));
  }

  private static String fold(String function, Emission e) {
    List<String> in = e.all();
    return in.stream().skip(1).reduce(in.get(0), (a, b) -> call(function, a, b));
  }

  private static String div(Emission e) {
    return e.dtype().isFloating()
        ? call("div", e.in(0), e.in(1))
        : call("div", e.in(0), e.in(1), "rounding_mode=\"trunc\"");
  }

  private static String pow(Emission e) {
    String exponent = e.in(1);
    if (e.isConstant(1) && e.constant(1).size() == 1 && e.type(1).rank() <= e.rank()) {
      double v = e.constant(1).getDouble(0);
      // A number keeps the type of the base, and 2 is a multiplication.
      exponent = e.dtype().isFloating() ? number(v) : exponent;
    }
    return cast(call("pow", e.in(0), exponent), e.outputType(0).dtype());
  }

  /** PyTorch's kernel stops what is at a bound, ours lets it pass: hence the next numbers. */
  private static String clipGradient(Emission e) {
    return call(
        "hardtanh_backward",
        e.in(0),
        e.in(1),
        Emission.number(Math.nextDown((float) e.attributes().f("min", 0))),
        Emission.number(Math.nextUp((float) e.attributes().f("max", 0))));
  }

  private static String clip(Emission e) {
    String value = e.in(0);
    if (e.isConstant(1) && e.isConstant(2) && e.dtype().isFloating()) {
      return call(
          "clamp", value, number(e.constant(1).getDouble(0)), number(e.constant(2).getDouble(0)));
    }
    if (e.has(1)) {
      value = call("maximum", value, e.in(1));
    }
    return e.has(2) ? call("minimum", value, e.in(2)) : value;
  }

  private static String isInf(Emission e) {
    boolean negative = e.attributes().i("detect_negative", 1) == 1;
    boolean positive = e.attributes().i("detect_positive", 1) == 1;
    if (negative && positive) {
      return call("isinf", e.in(0));
    }
    if (!negative && !positive) {
      return call("zeros_like", e.in(0), "dtype=" + Emission.dtype(DType.BOOL));
    }
    return call(positive ? "isposinf" : "isneginf", e.in(0));
  }

  private static String shift(Emission e) {
    boolean left = e.attributes().s("direction", "LEFT").equals("LEFT");
    return call(left ? "bitwise_left_shift" : "bitwise_right_shift", e.in(0), e.in(1));
  }

  private static String selu(Emission e) {
    double alpha = e.attributes().f("alpha", 1.67326319217681884765625);
    double gamma = e.attributes().f("gamma", 1.05070102214813232421875);
    return call("elu", e.in(0), number(alpha), number(gamma), 1);
  }

  private static String hardSigmoid(Emission e) {
    double alpha = e.attributes().f("alpha", 0.2);
    double beta = e.attributes().f("beta", 0.5);
    String line = call("add", call("mul", e.in(0), number(alpha)), number(beta));
    return call("clamp", line, number(0), number(1));
  }

  private static String thresholdedRelu(Emission e) {
    String zero = call("zeros_like", e.in(0));
    String above = call("gt", e.in(0), number(e.attributes().f("alpha", 1)));
    return call("where", above, e.in(0), zero);
  }

  private static String swish(Emission e) {
    String gate = call("sigmoid", call("mul", e.in(0), number(e.attributes().f("alpha", 1))));
    return call("mul", e.in(0), gate);
  }
}
