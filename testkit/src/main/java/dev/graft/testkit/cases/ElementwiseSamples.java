package dev.graft.testkit.cases;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.List;

/** Nodes of operators that compute each element by itself. */
final class ElementwiseSamples {
  private ElementwiseSamples() {}

  static void addTo(Catalogue c) {
    c.addAll(
        2,
        d -> op -> Sample.of(op, d.reals(d.shape())),
        "Identity",
        "Neg",
        "Exp",
        "Sin",
        "Cos",
        "Sinh",
        "Cosh",
        "Atan",
        "Asinh",
        "Erf",
        "Tan");
    c.addAll(
        2,
        d -> op -> Sample.of(op, d.realsWithout(List.of(0.0, 0.5, -0.5, 1.0, -1.0), d.shape())),
        "Abs",
        "Sign",
        "Ceil",
        "Floor",
        "Round",
        "Reciprocal");
    c.addAll(2, d -> op -> Sample.of(op, d.reals(0.3, 3, d.shape())), "Sqrt", "Log");
    c.addAll(2, d -> op -> Sample.of(op, d.reals(-0.8, 0.8, d.shape())), "Asin", "Acos", "Atanh");
    c.add(2, d -> Sample.of("Acosh", d.reals(1.2, 4, d.shape())));
    c.add(1, d -> Sample.of("Abs", d.integers(DType.INT32, -5, 5, d.shape())));
    c.add(1, d -> Sample.of("Neg", d.integers(DType.INT64, -5, 5, d.shape())));
    c.add(2, d -> Sample.of("BitwiseNot", d.integers(DType.INT32, -90, 90, d.shape())));
    c.add(2, d -> Sample.of("Not", d.booleans(d.shape())));
    c.addAll(2, d -> op -> Sample.of(op, specialValues(d)), "IsNaN", "IsInf");
    casts(c);
    c.addAll(4, d -> op -> binary(d, op, -1.5, 1.5), "Add", "Sub", "Mul");
    c.addAll(2, d -> op -> integers(d, op, DType.INT32), "Add", "Sub", "Mul", "Div");
    c.addAll(1, d -> op -> integers(d, op, DType.INT64), "Add", "Sub", "Mul", "Div");
    c.add(3, d -> binary(d, "Div", 0.4, 2));
    c.add(3, d -> binary(d, "Pow", 0.4, 2));
    c.add(
        2,
        d -> Sample.of("Pow", d.reals(d.shape())).constants(HostTensor.scalar(d.one(2f, 3f, 1f))));
    c.add(
        2, d -> Sample.of("Mod", d.distinct(6), HostTensor.scalar(0.9f)).with("fmod", 1).smooth(0));
    c.add(2, d -> integers(d, "Mod", DType.INT64));
    c.addAll(
        2,
        d ->
            op -> {
              long[] shape = d.shape();
              return Sample.of(
                  op,
                  d.integers(DType.INT32, 0, 255, shape),
                  d.integers(DType.INT32, 0, 255, d.broadcastable(shape)));
            },
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor");
    c.add(
        2,
        d ->
            Sample.of(
                    "BitShift",
                    d.integers(DType.UINT8, 0, 255, 3, 4),
                    d.integers(DType.UINT8, 0, 7, 4))
                .with("direction", d.one("LEFT", "RIGHT")));
    c.addAll(
        2,
        d ->
            op -> {
              long[] shape = d.shape();
              return Sample.of(op, d.booleans(shape), d.booleans(d.broadcastable(shape)));
            },
        "And",
        "Or",
        "Xor");
    c.addAll(
        2,
        d -> op -> compared(d, op, DType.FLOAT32),
        "Equal",
        "Less",
        "LessOrEqual",
        "Greater",
        "GreaterOrEqual");
    c.addAll(
        1,
        d -> op -> compared(d, op, DType.INT64),
        "Equal",
        "Less",
        "LessOrEqual",
        "Greater",
        "GreaterOrEqual");
    c.addAll(3, d -> op -> variadic(d, op), "Max", "Min", "Sum", "Mean");
    c.add(
        2,
        d ->
            Sample.of("Clip", d.realsWithout(List.of(-0.7, 0.9), d.shape()))
                .constants(HostTensor.scalar(-0.7f), HostTensor.scalar(0.9f)));
    c.add(
        1,
        d ->
            Sample.of("Clip", d.realsWithout(List.of(0.2), d.shape()))
                .constants(HostTensor.scalar(0.2f)));
    c.add(
        1,
        d ->
            Sample.of("Clip", d.realsWithout(List.of(0.2), d.shape()))
                .constants(null, HostTensor.scalar(0.2f)));
    c.add(
        3,
        d -> {
          long[] shape = d.shape();
          return Sample.of(
              "Where", d.booleans(shape), d.reals(d.broadcastable(shape)), d.reals(shape));
        });
    c.add(
        2,
        d -> {
          long[] shape = d.shape();
          return Sample.of(
              "PRelu", d.realsWithout(List.of(0.0), shape), d.reals(d.broadcastable(shape)));
        });
  }

  private static void casts(Catalogue c) {
    c.add(1, d -> Sample.of("Cast", d.reals(d.shape())).with("to", "FLOAT64"));
    c.add(1, d -> Sample.of("Cast", d.reals(-9, 9, d.shape())).with("to", "INT32"));
    c.add(1, d -> Sample.of("Cast", d.reals(-9, 9, d.shape())).with("to", "INT64"));
    c.add(1, d -> Sample.of("Cast", d.integers(DType.INT64, -1, 1, 3, 4)).with("to", "BOOL"));
    c.add(1, d -> Sample.of("Cast", d.integers(DType.INT64, -9, 9, 3, 4)).with("to", "FLOAT32"));
    c.add(1, d -> Sample.of("Cast", d.booleans(3, 4)).with("to", "FLOAT32"));
    c.add(1, d -> Sample.of("Cast", d.booleans(3, 4)).with("to", "INT64"));
    c.add(1, d -> Sample.of("CastLike", d.integers(DType.INT32, 0, 9, 4), d.reals(2)).notSmooth());
    c.add(
        1,
        d -> Sample.of("CastLike", d.reals(d.shape()), HostTensor.of(new double[] {0})).smooth(0));
  }

  private static HostTensor specialValues(Draw d) {
    return HostTensor.of(
        new float[] {
          0, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, (float) d.uniform(-1, 1)
        },
        5);
  }

  private static Sample binary(Draw d, String operator, double low, double high) {
    long[] shape = d.shape();
    HostTensor wide = d.reals(low, high, shape);
    HostTensor narrow = d.reals(low, high, d.broadcastable(shape));
    return d.coin() ? Sample.of(operator, wide, narrow) : Sample.of(operator, narrow, wide);
  }

  private static Sample integers(Draw d, String operator, DType dtype) {
    long[] shape = d.shape();
    return Sample.of(
        operator,
        d.integers(dtype, -20, 20, shape),
        d.integers(dtype, 1, 6, d.broadcastable(shape)));
  }

  /** Few different values, so that some are equal. */
  private static Sample compared(Draw d, String operator, DType dtype) {
    long[] shape = d.shape();
    return Sample.of(
        operator,
        d.integers(DType.INT64, -1, 1, shape).cast(dtype),
        d.integers(DType.INT64, -1, 1, d.broadcastable(shape)).cast(dtype));
  }

  private static Sample variadic(Draw d, String operator) {
    long[] shape = d.shape(2);
    int n = d.between(1, 4);
    HostTensor[] inputs = new HostTensor[n];
    for (int i = 0; i < n; i++) {
      // No two of them are ever equal: each is shifted by its own part of the grid.
      HostTensor grid = d.distinct(i == 0 ? shape : d.broadcastable(shape));
      double shift = 0.017 * i;
      inputs[i] = HostTensor.fromDoubles(grid.type(), j -> grid.getDouble(j) + shift);
    }
    return Sample.of(operator, inputs);
  }
}
