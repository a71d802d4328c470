package dev.graft.backend.tensorflow;

import dev.graft.tensor.DType;
import java.util.Arrays;
import org.tensorflow.Output;

/** Matrix products. */
final class ProductOperators {
  private ProductOperators() {}

  static void register(TensorFlowOperators rows) {
    rows.expression("MatMul", TensorFlowOperators::dynamic, ProductOperators::matMul);
    rows.expression("Gemm", ProductOperators::gemm);
  }

  private static Output<?> matMul(Emission e) {
    int left = e.type(0).rank();
    int right = e.type(1).rank();
    DType computed = Emission.computed("MatMul", e.dtype());
    Output<?> a = e.cast(e.in(0), computed);
    Output<?> b = e.cast(e.in(1), computed);
    if (right <= 2 && left >= 1) {
      // One product of all rows is faster than a batch of small ones.
      long inner = e.sizes(0)[left - 1];
      long rows = e.type(0).shape().elements() / Math.max(1, inner);
      if (inner > 0) {
        Output<?> rowsOfA = left == 2 ? a : e.reshape(a, rows, inner);
        Output<?> matrix = right == 2 ? b : e.reshape(b, inner, 1);
        Output<?> product = product(e, rowsOfA, matrix, false, false);
        return left == 2 && right == 2 ? product : e.reshape(product, e.outputSizes(0));
      }
    }
    if (left == 1) {
      a = e.reshape(a, 1, e.sizes(0)[0]);
    }
    if (right == 1) {
      b = e.reshape(b, e.sizes(1)[0], 1);
    }
    Output<?> product = e.operation("BatchMatMulV2", a, b).build().output(0);
    return left == 1 || right == 1 ? e.reshape(product, e.outputSizes(0)) : product;
  }

  private static Output<?> product(
      Emission e, Output<?> a, Output<?> b, boolean transposeA, boolean transposeB) {
    return e.operation("MatMul", a, b)
        .setAttr("transpose_a", transposeA)
        .setAttr("transpose_b", transposeB)
        .build()
        .output(0);
  }

  private static Output<?> gemm(Emission e) {
    DType computed = Emission.computed("MatMul", e.dtype());
    Output<?> y =
        product(
            e,
            e.cast(e.in(0), computed),
            e.cast(e.in(1), computed),
            e.attributes().i("transA", 0) == 1,
            e.attributes().i("transB", 0) == 1);
    double alpha = e.attributes().f("alpha", 1);
    double beta = e.attributes().f("beta", 1);
    if (alpha != 1) {
      y = e.call("Mul", y, e.number(y, alpha));
    }
    if (!e.has(2)) {
      return y;
    }
    Output<?> c = e.cast(e.in(2), computed);
    if (beta != 1) {
      c = e.call("Mul", c, e.number(c, beta));
    }
    boolean bias = Arrays.equals(e.sizes(2), new long[] {e.outputSizes(0)[1]});
    return e.call(bias && computed.isFloating() ? "BiasAdd" : "AddV2", y, c);
  }
}
