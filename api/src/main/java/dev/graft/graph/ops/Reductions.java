package dev.graft.graph.ops;

import static dev.graft.graph.ops.ElementKind.ANY;
import static dev.graft.graph.ops.ElementKind.INDEX;
import static dev.graft.graph.ops.ElementKind.NUMERIC;
import static dev.graft.graph.ops.Pointwise.formula;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sums, means, extrema and norms over axes; arg-extrema, top-k and cumulative sums. */
public final class Reductions {
  private Reductions() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return Stream.concat(reductions().stream(), others().stream()).toList();
  }

  private static List<Operator> reductions() {
    return List.of(
        reduction("ReduceSum", 13, NUMERIC, (dy, x, y, r) -> dy),
        reduction("ReduceMean", 18, NUMERIC, (dy, x, y, r) -> dy.div(r.count())),
        reduction("ReduceMax", 20, ANY, Reductions::extremum),
        reduction("ReduceMin", 20, ANY, Reductions::extremum),
        reduction("ReduceProd", 18, NUMERIC, (dy, x, y, r) -> product(dy, x, r)),
        reduction("ReduceL1", 18, NUMERIC, (dy, x, y, r) -> dy.mul(x.op("Sign")))
            .withDecomposition(formula(n -> reduce(n, n.in(0).op("Abs")))),
        reduction("ReduceL2", 18, NUMERIC, (dy, x, y, r) -> dy.div(nonZero(y)).mul(x))
            .withDecomposition(formula(n -> reduce(n, n.in(0).square()).sqrt())),
        // e^y is the sum.
        reduction("ReduceLogSum", 18, NUMERIC, (dy, x, y, r) -> dy.div(y.exp()))
            .withDecomposition(formula(n -> reduce(n, n.in(0)).log())),
        reduction("ReduceLogSumExp", 18, NUMERIC, (dy, x, y, r) -> dy.mul(x.sub(y).exp()))
            .withDecomposition(formula(Reductions::logSumExp)),
        reduction("ReduceSumSquare", 18, NUMERIC, (dy, x, y, r) -> dy.mul(2).mul(x))
            .withDecomposition(formula(n -> reduce(n, n.in(0).square()))));
  }

  private static List<Operator> others() {
    return List.of(
        Operator.of("ArgMax", 13, 1, 1, Reductions::argType).withoutGradient(),
        Operator.of("ArgMin", 13, 1, 1, Reductions::argType).withoutGradient(),
        Operator.of("TopK", 11, 2, 2, Reductions::topKType)
            .withOutputs(2)
            .withGradient(2, Reductions::topKGradient),
        Operator.of("CumSum", 14, 2, 2, Reductions::cumulativeType)
            .withGradient(Reductions::cumSumGradient),
        Operator.of("CumProd", 26, 2, 2, Reductions::cumulativeType)
            .withDecomposition(formula(Reductions::cumProd)),
        Operator.of("LpNormalization", 1, 1, 1, Shapes.same(ElementKind.FLOATING))
            .withDecomposition(formula(Reductions::lpNormalization)));
  }

  /**
   * The derivative of a reduction. The gradient and y have the reduced axes as size 1; the result
   * is broadcast to x.
   */
  @FunctionalInterface
  private interface Derivative {
    Value dx(Value dy, Value x, Value y, Axes axes);
  }

  private static Operator reduction(
      String name, int since, ElementKind kind, Derivative derivative) {
    return Operator.of(name, since, 1, 2, n -> List.of(reducedType(n, kind)))
        .withGradient(g -> Arrays.asList(gradient(g, derivative), null));
  }

  private static Value gradient(GradientContext g, Derivative derivative) {
    Value x = g.in(0);
    Axes axes = Axes.of(g.node());
    Value dx = derivative.dx(axes.keep(g.dy()), x, axes.keep(g.y()), axes);
    return dx.shape().equals(x.shape())
        ? dx
        : dx.op("Expand", g.builder().vector(x.shape().sizes()));
  }

  // --- types

  private static TensorType reducedType(NodeContext n, ElementKind kind) {
    kind.check(n, 0);
    if (n.has(1)) {
      INDEX.check(n, 1);
      Shapes.rank(n, 1, 1);
    }
    boolean keep = n.attributes().i("keepdims", 1) != 0;
    Shape shape = n.type(0).shape();
    Optional<boolean[]> reduced = Axes.reduced(n);
    List<Dim> dims = new ArrayList<>();
    if (reduced.isPresent()) {
      for (int i = 0; i < shape.rank(); i++) {
        if (!reduced.get()[i]) {
          dims.add(shape.dim(i));
        } else if (keep) {
          dims.add(Dim.of(1));
        }
      }
    } else {
      Dim count = n.type(1).shape().dim(0);
      if (!keep && (!count.isFixed() || count.is(0))) {
        throw n.error("needs axes that are known when the graph is built, or keepdims=1");
      }
      long rank = keep ? shape.rank() : shape.rank() - count.size();
      for (int i = 0; i < rank; i++) {
        dims.add(Shapes.unknown(n, i));
      }
    }
    return n.type(0).withShape(new Shape(dims));
  }

  private static List<TensorType> argType(NodeContext n) {
    NUMERIC.check(n, 0);
    Shape shape = n.type(0).shape();
    int axis = shape.axis(n.attributes().i("axis", 0));
    List<Dim> dims = new ArrayList<>(shape.dims());
    if (n.attributes().i("keepdims", 1) != 0) {
      dims.set(axis, Dim.of(1));
    } else {
      dims.remove(axis);
    }
    return List.of(new TensorType(DType.INT64, new Shape(dims)));
  }

  private static List<TensorType> topKType(NodeContext n) {
    NUMERIC.check(n, 0);
    INDEX.check(n, 1);
    Shape shape = n.type(0).shape();
    int axis = shape.axis(n.attributes().i("axis", -1));
    Dim k = n.dims(1).map(d -> d.get(0)).orElse(Shapes.unknown(n, axis));
    Dim size = shape.dim(axis);
    if (k.isFixed() && size.isFixed() && k.size() > size.size()) {
      throw n.error("asks for the top " + k + " of " + size + " elements");
    }
    TensorType values = n.type(0).withShape(shape.with(axis, k));
    return List.of(values, values.withDType(DType.INT64));
  }

  private static List<TensorType> cumulativeType(NodeContext n) {
    NUMERIC.check(n, 0);
    INDEX.check(n, 1);
    n.longs(1).ifPresent(axis -> n.type(0).shape().axis(axis[0]));
    return List.of(n.type(0));
  }

  // --- reductions

  /** Elements that are the extremum share the gradient evenly. */
  private static Value extremum(Value dy, Value x, Value y, Axes axes) {
    Value hits = Pointwise.indicator(x.equalTo(y), x);
    return dy.div(axes.sum(hits)).mul(hits);
  }

  /** Each element's factor is the product of the others, also where some elements are zero. */
  private static Value product(Value dy, Value x, Axes axes) {
    Value one = x.constant(1);
    Value isZero = x.equalTo(x.constant(0));
    Value zeros = axes.sum(Pointwise.indicator(isZero, x));
    Value factors = isZero.where(one, x);
    Value product = axes.reduce("ReduceProd", factors);
    Value noZero = Pointwise.indicator(zeros.equalTo(x.constant(0)), x);
    Value oneZero = Pointwise.indicator(zeros.equalTo(one), x);
    Value others = isZero.where(product.mul(oneZero), product.mul(noZero).div(factors));
    return dy.mul(others);
  }

  /** The value with zeros replaced by ones, for a division whose numerator is zero there too. */
  private static Value nonZero(Value v) {
    return v.equalTo(v.constant(0)).where(v.constant(1), v);
  }

  /** Sums another value as the node says. */
  private static Value reduce(NodeContext n, Value v) {
    return n.has(1)
        ? n.builder().op("ReduceSum", n.attributes(), v, n.in(1))
        : n.builder().op("ReduceSum", n.attributes(), v);
  }

  /** max + log(sum(e^(x - max))), which does not overflow. */
  private static Value logSumExp(NodeContext n) {
    Axes axes = Axes.of(n);
    Value max = axes.reduce("ReduceMax", n.in(0));
    Value sum = reduce(n, n.in(0).sub(max).exp()).log();
    return sum.add(axes.drop(max));
  }

  // --- others

  /** The gradient goes back to where the elements were found. */
  private static List<@Nullable Value> topKGradient(GradientContext g) {
    long axis = g.in(0).shape().axis(g.attributes().i("axis", -1));
    Value zeros = g.builder().zeros(g.in(0).type());
    return Arrays.asList(
        g.builder().op("ScatterElements", Attributes.of("axis", axis), zeros, g.y(1), g.dy()),
        null);
  }

  /** The gradient is summed in the opposite direction. */
  private static List<@Nullable Value> cumSumGradient(GradientContext g) {
    boolean reverse = g.attributes().i("reverse", 0) != 0;
    Attributes attributes = g.attributes().with("reverse", !reverse);
    return Arrays.asList(g.builder().op("CumSum", attributes, g.dy(), g.in(1)), null);
  }

  /**
   * Products of rows of a matrix that holds, per result, the factors and ones for the rest; null
   * where the number of factors is not known.
   */
  private static @Nullable Value cumProd(NodeContext n) {
    Value x = n.in(0);
    Optional<long[]> given = n.longs(1);
    if (given.isEmpty() || !x.shape().dim(x.shape().axis(given.get()[0])).isFixed()) {
      return null;
    }
    int axis = x.shape().axis(given.get()[0]);
    int size = Math.toIntExact(x.shape().dim(axis).size());
    boolean exclusive = n.attributes().i("exclusive", 0) != 0;
    boolean reverse = n.attributes().i("reverse", 0) != 0;
    // Result i, factor j; the axes behind broadcast.
    long[] shape = new long[x.rank() - axis + 1];
    Arrays.fill(shape, 1);
    shape[0] = size;
    shape[1] = size;
    boolean[] factor = new boolean[size * size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        boolean before = reverse ? j > i : j < i;
        factor[i * size + j] = before || (i == j && !exclusive);
      }
    }
    Value mask = n.builder().constant(HostTensor.of(factor, shape));
    return mask.where(x.unsqueeze(axis), x.constant(1)).reduce("ReduceProd", false, axis + 1);
  }

  private static Value lpNormalization(NodeContext n) {
    Value x = n.in(0);
    long p = n.attributes().i("p", 2);
    if (p != 1 && p != 2) {
      throw n.error("has p=" + p + ", but only 1 and 2 are defined");
    }
    long axis = x.shape().axis(n.attributes().i("axis", -1));
    return x.div(nonZero(x.reduce(p == 1 ? "ReduceL1" : "ReduceL2", true, axis)));
  }
}
