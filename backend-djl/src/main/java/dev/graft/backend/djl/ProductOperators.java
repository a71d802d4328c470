package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.number;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.TensorType;
import org.jspecify.annotations.Nullable;

/** Matrix products. */
final class ProductOperators {
  private ProductOperators() {}

  static void register(TorchOperators rows) {
    rows.expression("MatMul", e -> call("matmul", e.in(0), e.in(1)));
    rows.expression("Gemm", ProductOperators::gemm);
    rows.expression(
        "Einsum",
        e ->
            call(
                "einsum",
                "\"" + e.attributes().s("equation", "") + "\"",
                "[" + String.join(", ", e.all()) + "]"));
    rows.expression("Attention", ProductOperators::onlyPlain, ProductOperators::attention);
  }

  private static String gemm(Emission e) {
    String a = e.attributes().i("transA", 0) == 1 ? call("t", e.in(0)) : e.in(0);
    String b = e.attributes().i("transB", 0) == 1 ? call("t", e.in(1)) : e.in(1);
    double alpha = e.attributes().f("alpha", 1);
    double beta = e.attributes().f("beta", 1);
    if (!e.dtype().isFloating()) {
      String product = call("mul", call("mm", a, b), (long) alpha);
      return e.has(2) ? call("add", product, call("mul", e.in(2), (long) beta)) : product;
    }
    if (!e.has(2)) {
      String product = call("mm", a, b);
      return alpha == 1 ? product : call("mul", product, number(alpha));
    }
    return call("addmm", e.in(2), a, b, "beta=" + number(beta), "alpha=" + number(alpha));
  }

  /** Four-dimensional attention without cache, cap or window, which PyTorch has fused. */
  private static @Nullable String onlyPlain(NodeSignature node) {
    boolean extras = node.hasOutput(1) || node.hasOutput(3);
    for (int i = 4; i < node.inputs().size(); i++) {
      extras |= node.hasInput(i);
    }
    TensorType q = node.input(0);
    boolean plain =
        !extras
            && q.rank() == 4
            && q.dtype().bytes() >= 4
            && q.shape().isStatic()
            && node.input(1).shape().dim(1).equals(q.shape().dim(1))
            && node.attributes().f("softcap", 0) == 0
            && node.attributes().i("is_causal", 0) == 0
            && !node.attributes().has("left_window_size")
            && !node.hasOutput(2)
            && (!node.hasInput(3) || node.input(3).equals(q) || node.input(3).dtype().isFloating())
            && (!node.hasInput(3) || node.input(3).rank() >= 2);
    return plain ? null : "attention beyond the plain form";
  }

  private static String attention(Emission e) {
    long width = e.sizes(0)[3];
    double scale = e.attributes().f("scale", 1 / Math.sqrt(width));
    return call(
        "scaled_dot_product_attention",
        e.in(0),
        e.in(1),
        e.in(2),
        e.in(3),
        number(0),
        "False",
        "scale=" + number(scale));
  }
}
