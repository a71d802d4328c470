package dev.graft.backend.tensorflow;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Output;

/** Functions of single elements, activations and their gradients. */
final class ElementwiseOperators {
  /** Operators that TensorFlow has under another or the same name, with the same meaning. */
  private static final Map<String, String> UNARY =
      Map.ofEntries(
          Map.entry("Neg", "Neg"),
          Map.entry("Abs", "Abs"),
          Map.entry("Sign", "Sign"),
          Map.entry("Exp", "Exp"),
          Map.entry("Log", "Log"),
          Map.entry("Sqrt", "Sqrt"),
          Map.entry("Reciprocal", "Reciprocal"),
          Map.entry("Floor", "Floor"),
          Map.entry("Ceil", "Ceil"),
          Map.entry("Round", "Rint"),
          Map.entry("Erf", "Erf"),
          Map.entry("Sin", "Sin"),
          Map.entry("Cos", "Cos"),
          Map.entry("Tan", "Tan"),
          Map.entry("Asin", "Asin"),
          Map.entry("Acos", "Acos"),
          Map.entry("Atan", "Atan"),
          Map.entry("Sinh", "Sinh"),
          Map.entry("Cosh", "Cosh"),
          Map.entry("Asinh", "Asinh"),
          Map.entry("Acosh", "Acosh"),
          Map.entry("Atanh", "Atanh"),
          Map.entry("Relu", "Relu"),
          Map.entry("Sigmoid", "Sigmoid"),
          Map.entry("Tanh", "Tanh"),
          Map.entry("Softplus", "Softplus"),
          Map.entry("Softsign", "Softsign"),
          Map.entry("Not", "LogicalNot"),
          Map.entry("BitwiseNot", "Invert"),
          Map.entry("IsNaN", "IsNan"));

  private static final Map<String, String> BINARY =
      Map.ofEntries(
          Map.entry("Add", "AddV2"),
          Map.entry("Sub", "Sub"),
          Map.entry("Mul", "Mul"),
          Map.entry("Equal", "Equal"),
          Map.entry("Less", "Less"),
          Map.entry("LessOrEqual", "LessEqual"),
          Map.entry("Greater", "Greater"),
          Map.entry("GreaterOrEqual", "GreaterEqual"),
          Map.entry("And", "LogicalAnd"),
          Map.entry("Or", "LogicalOr"),
          Map.entry("Xor", "NotEqual"),
          Map.entry("BitwiseAnd", "BitwiseAnd"),
          Map.entry("BitwiseOr", "BitwiseOr"),
          Map.entry("BitwiseXor", "BitwiseXor"));

  private ElementwiseOperators() {}

  static void register(TensorFlowOperators rows) {
    UNARY.forEach((onnx, kind) -> rows.pointwise(onnx, e -> e.call(kind, e.in(0))));
    BINARY.forEach((onnx, kind) -> rows.pointwise(onnx, e -> e.call(kind, e.in(0), e.in(1))));
    rows.pointwise("Identity", e -> e.in(0));
    rows.pointwise("Div", e -> e.call(division(e.dtype()), e.in(0), e.in(1)));
    rows.pointwise("Mod", ElementwiseOperators::mod);
    rows.pointwise("Pow", ElementwiseOperators::pow);
    rows.pointwise(
        "Where", e -> e.operation("SelectV2", e.in(0), e.in(1), e.in(2)).build().output(0));
    rows.pointwise(
        "Cast",
        (node, bound) ->
            node.attributes().i("saturate", 1) == 1 ? null : "conversion without saturation",
        e -> e.cast(e.in(0), e.outputType(0).dtype()));
    rows.pointwise("CastLike", e -> e.cast(e.in(0), e.outputType(0).dtype()));
    rows.pointwise("Clip", ElementwiseOperators::clip);
    rows.pointwise("IsInf", ElementwiseOperators::isInf);
    rows.pointwise("Max", e -> fold("Maximum", e));
    rows.pointwise("Min", e -> fold("Minimum", e));
    rows.pointwise("Sum", e -> fold("AddV2", e));
    rows.pointwise(
        "Mean",
        e -> {
          Output<?> sum = fold("AddV2", e);
          return e.call(division(e.dtype()), sum, e.number(sum, e.inputs()));
        });
    rows.pointwise(
        "BitShift",
        e -> {
          boolean left = e.attributes().s("direction", "LEFT").equals("LEFT");
          return e.call(left ? "LeftShift" : "RightShift", e.in(0), e.in(1));
        });

    rows.pointwise(
        "LeakyRelu", ElementwiseOperators::unlessSingle, ElementwiseOperators::leakyRelu);
    rows.pointwise(
        "Elu",
        (node, bound) -> node.attributes().f("alpha", 1) == 1 ? null : "another alpha than 1",
        e -> e.call("Elu", e.in(0)));
    rows.pointwise("ReluGradient", e -> e.call("ReluGrad", e.in(0), e.in(1)));
    rows.expression("Softmax", e -> alongLast(e, "Softmax"));
    rows.expression("LogSoftmax", e -> alongLast(e, "LogSoftmax"));
    rows.expression("Hardmax", ElementwiseOperators::hardmax);
  }

  private static String division(DType dtype) {
    return dtype.isFloating() ? "RealDiv" : "TruncateDiv";
  }

  private static Output<?> mod(Emission e) {
    if (e.dtype().isFloating()) {
      return e.call("Mod", e.in(0), e.in(1));
    }
    return e.call(e.attributes().i("fmod", 0) == 1 ? "TruncateMod" : "FloorMod", e.in(0), e.in(1));
  }

  private static Output<?> pow(Emission e) {
    Output<?> base = e.in(0);
    HostTensor exponent = e.known(1);
    boolean single = exponent != null && exponent.size() == 1 && e.type(1).rank() <= e.rank();
    if (single && e.dtype().isFloating()) {
      double v = exponent.getDouble(0);
      if (v == 2) {
        return e.call("Square", base);
      }
      if (v == 1) {
        return base;
      }
    }
    // Integers to a floating power are computed as floating numbers.
    DType common =
        e.dtype().isFloating() || !e.type(1).dtype().isFloating() ? e.dtype() : e.type(1).dtype();
    return e.call("Pow", e.cast(base, common), e.cast(e.in(1), common));
  }

  private static Output<?> clip(Emission e) {
    Output<?> value = e.in(0);
    if (e.dtype().isFloating() && isNumber(e, 1, 0) && isNumber(e, 2, 6)) {
      return e.call("Relu6", value);
    }
    if (e.has(1)) {
      value = e.call("Maximum", value, e.in(1));
    }
    return e.has(2) ? e.call("Minimum", value, e.in(2)) : value;
  }

  private static boolean isNumber(Emission e, int i, double value) {
    return e.isConstant(i) && e.constant(i).size() == 1 && e.constant(i).getDouble(0) == value;
  }

  private static Output<?> isInf(Emission e) {
    Output<?> x = e.in(0);
    boolean negative = e.attributes().i("detect_negative", 1) == 1;
    boolean positive = e.attributes().i("detect_positive", 1) == 1;
    if (negative && positive) {
      return e.call("IsInf", x);
    }
    double wanted =
        positive
            ? Double.POSITIVE_INFINITY
            : negative ? Double.NEGATIVE_INFINITY : Double.NaN; // equal to nothing
    return e.call("Equal", x, e.number(x, wanted));
  }

  private static Output<?> fold(String kind, Emission e) {
    List<Output<?>> in = e.all();
    Output<?> result = in.get(0);
    for (Output<?> next : in.subList(1, in.size())) {
      result = e.call(kind, result, next);
    }
    return result;
  }

  private static @Nullable String unlessSingle(NodeSignature node, boolean bound) {
    DType dtype = node.input(0).dtype();
    return dtype == DType.FLOAT64 || !dtype.isFloating() ? "an alpha of another type" : null;
  }

  private static Output<?> leakyRelu(Emission e) {
    return e.operation("LeakyRelu", e.in(0))
        .setAttr("alpha", (float) e.attributes().f("alpha", 0.01))
        .build()
        .output(0);
  }

  /** TensorFlow's functions of a whole axis work on the last one. */
  private static Output<?> alongLast(Emission e, String kind) {
    int axis = e.axis("axis", -1);
    int last = e.rank() - 1;
    if (axis == last) {
      return e.call(kind, e.in(0));
    }
    long[] swap = new long[e.rank()];
    Arrays.setAll(swap, i -> i == axis ? last : i == last ? axis : i);
    return e.transpose(e.call(kind, e.transpose(e.in(0), swap)), swap);
  }

  private static Output<?> hardmax(Emission e) {
    int axis = e.axis("axis", -1);
    Output<?> x = e.in(0);
    Output<?> winner = e.operation("ArgMax", x, e.number(axis)).build().output(0);
    Output<?> hot =
        e.operation(
                "OneHot", winner, e.number((int) e.sizes(0)[axis]), e.number(x, 1), e.number(x, 0))
            .setAttr("axis", (long) axis)
            .build()
            .output(0);
    return hot;
  }
}
