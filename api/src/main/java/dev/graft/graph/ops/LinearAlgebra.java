package dev.graft.graph.ops;

import static dev.graft.graph.ops.ElementKind.NUMERIC;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Matrix products: MatMul, Gemm, Einsum. */
public final class LinearAlgebra {
  private LinearAlgebra() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("MatMul", 13, 2, 2, LinearAlgebra::matMulType)
            .withGradient(LinearAlgebra::matMulGradient),
        Operator.of("Gemm", 13, 2, 3, LinearAlgebra::gemmType)
            .withGradient(LinearAlgebra::gemmGradient),
        Operator.of("Einsum", 12, 1, Operator.ANY, Einsum::type)
            .withDecomposition(Pointwise.formula(Einsum::decompose)));
  }

  // --- MatMul

  private static List<TensorType> matMulType(NodeContext n) {
    NUMERIC.check(n, 0);
    Shapes.sameDType(n);
    return List.of(n.type(0).withShape(matMul(n, n.type(0).shape(), n.type(1).shape())));
  }

  /** The shape of a product as NumPy's matmul has it: a vector is a row left, a column right. */
  static Shape matMul(NodeContext n, Shape a, Shape b) {
    if (a.rank() == 0 || b.rank() == 0) {
      throw n.error("needs vectors or matrices, but got " + a + " and " + b);
    }
    Dim inner = a.dim(-1);
    Dim other = b.dim(b.rank() == 1 ? 0 : -2);
    if (inner.isFixed() && other.isFixed() && !inner.equals(other)) {
      throw n.error("cannot multiply " + a + " by " + b + ": " + inner + " against " + other);
    }
    List<Dim> dims = new ArrayList<>(Shapes.broadcast(n, batch(a), batch(b)).dims());
    if (a.rank() > 1) {
      dims.add(a.dim(-2));
    }
    if (b.rank() > 1) {
      dims.add(b.dim(-1));
    }
    return new Shape(dims);
  }

  private static Shape batch(Shape shape) {
    return new Shape(shape.dims().subList(0, Math.max(0, shape.rank() - 2)));
  }

  /** dA = dY B^T, dB = A^T dY (Magnus and Neudecker, Matrix Differential Calculus). */
  private static List<@Nullable Value> matMulGradient(GradientContext g) {
    Value a = g.in(0);
    Value b = g.in(1);
    Value dy = g.dy();
    // Vectors become matrices for the while.
    if (a.rank() == 1) {
      dy = dy.unsqueeze(b.rank() == 1 ? 0 : dy.rank() - 1);
      a = a.unsqueeze(0);
    }
    if (b.rank() == 1) {
      dy = dy.unsqueeze(dy.rank());
      b = b.unsqueeze(1);
    }
    Value da = null;
    Value db = null;
    if (g.needs(0)) {
      da = sizedAs(g, b.rank() == 2 ? timesTransposed(dy, b) : dy.matmul(b.transposeLast()), a, 0);
    }
    if (g.needs(1)) {
      db = sizedAs(g, b.rank() == 2 ? sharedGradient(a, dy) : a.transposeLast().matmul(dy), b, 1);
    }
    return Arrays.asList(da, db);
  }

  /** Sums over what was broadcast, then takes back the axis that a vector was given. */
  private static Value sizedAs(GradientContext g, Value gradient, Value matrix, int i) {
    Value sum = g.builder().sumTo(gradient, matrix.shape());
    Shape input = g.in(i).shape();
    return sum.shape().equals(input) ? sum : sum.reshape(input.sizes());
  }

  /** X W^T for one matrix W, as a single product over all rows of X. */
  private static Value timesTransposed(Value x, Value w) {
    Value product = gemm(flat(x), w, 0, 1, 1);
    return x.rank() == 2 ? product : product.reshape(x.shape().with(-1, w.shape().dim(0)).sizes());
  }

  /** The gradient of a matrix that all rows of A were multiplied by: one product. */
  private static Value sharedGradient(Value a, Value dy) {
    return gemm(flat(a), flat(dy), 1, 0, 1);
  }

  /** All rows as one matrix. */
  private static Value flat(Value x) {
    long columns = x.shape().dim(-1).size();
    return x.rank() == 2 ? x : x.reshape(x.shape().elements() / Math.max(columns, 1), columns);
  }

  private static Value gemm(Value a, Value b, long transA, long transB, double alpha) {
    Attributes attributes = Attributes.of("transA", transA, "transB", transB);
    return a.builder().op("Gemm", alpha == 1 ? attributes : attributes.with("alpha", alpha), a, b);
  }

  // --- Gemm

  private static List<TensorType> gemmType(NodeContext n) {
    NUMERIC.check(n, 0);
    Shapes.sameDType(n);
    Shapes.rank(n, 0, 2);
    Shapes.rank(n, 1, 2);
    int transA = (int) n.attributes().i("transA", 0);
    int transB = (int) n.attributes().i("transB", 0);
    Shape a = n.type(0).shape();
    Shape b = n.type(1).shape();
    Dim inner = a.dim(1 - transA);
    Dim other = b.dim(transB);
    if (inner.isFixed() && other.isFixed() && !inner.equals(other)) {
      throw n.error(
          "cannot multiply " + a + " by " + b + " with transA=" + transA + ", transB=" + transB);
    }
    Shape y = new Shape(List.of(a.dim(transA), b.dim(1 - transB)));
    if (n.has(2) && Shapes.broadcast(n, y, n.type(2).shape()).rank() != 2) {
      throw n.error("needs a C that broadcasts to " + y + ", but got " + n.type(2));
    }
    return List.of(n.type(0).withShape(y));
  }

  /** Of Y = alpha A' B' + beta C, with the transpositions folded into products. */
  private static List<@Nullable Value> gemmGradient(GradientContext g) {
    long transA = g.attributes().i("transA", 0);
    long transB = g.attributes().i("transB", 0);
    double alpha = g.attributes().f("alpha", 1);
    double beta = g.attributes().f("beta", 1);
    Value a = g.in(0);
    Value b = g.in(1);
    Value dy = g.dy();
    Value da = null;
    Value db = null;
    Value dc = null;
    if (g.needs(0)) {
      da =
          transA == 0
              ? gemm(dy, b, 0, 1 - transB, alpha) // dY B'^T
              : gemm(b, dy, transB, 1, alpha); // B' dY^T
    }
    if (g.needs(1)) {
      db =
          transB == 0
              ? gemm(a, dy, 1 - transA, 0, alpha) // A'^T dY
              : gemm(dy, a, 1, transA, alpha); // dY^T A'
    }
    if (g.needs(2)) {
      Value sum = g.unbroadcast(dy, 2);
      dc = beta == 1 ? sum : sum.mul(beta);
    }
    return Arrays.asList(da, db, dc);
  }
}
