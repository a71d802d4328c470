package dev.graft.testkit.reference;

import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Matrix products and Einstein summation. */
final class LinearAlgebraKernels {
  private LinearAlgebraKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("MatMul", c -> List.of(matmul(c.in(0), c.in(1))));
    table.put("Gemm", LinearAlgebraKernels::gemm);
    table.put("Einsum", LinearAlgebraKernels::einsum);
    table.put("MatMulInteger", LinearAlgebraKernels::matmulInteger);
  }

  /** {@code out += a b} for matrices that begin at the given offsets. */
  private static void multiply(
      double[] a, int ia, double[] b, int ib, double[] out, int io, int rows, int inner, int cols) {
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < inner; k++) {
        double v = a[ia + r * inner + k];
        int bRow = ib + k * cols;
        int outRow = io + r * cols;
        for (int col = 0; col < cols; col++) {
          out[outRow + col] += v * b[bRow + col];
        }
      }
    }
  }

  /**
   * NumPy's matmul: stacks of matrices broadcast, a vector is a row on the left, a column right.
   */
  static Array matmul(Array left, Array right) {
    Array a = left.rank() == 1 ? left.reshape(1, left.dim(0)) : left;
    Array b = right.rank() == 1 ? right.reshape(right.dim(0), 1) : right;
    int[] stackA = Arrays.copyOf(a.shape, a.rank() - 2);
    int[] stackB = Arrays.copyOf(b.shape, b.rank() - 2);
    int[] stack = Indices.broadcast(stackA, stackB);
    int[] positionsA = Indices.broadcastPositions(stackA, stack);
    int[] positionsB = Indices.broadcastPositions(stackB, stack);
    int rows = a.dim(-2);
    int inner = a.dim(-1);
    int cols = b.dim(-1);
    if (inner != b.dim(-2)) {
      throw new IllegalArgumentException(
          "cannot multiply " + Arrays.toString(left.shape) + " by " + Arrays.toString(right.shape));
    }
    double[] out = new double[positionsA.length * rows * cols];
    double[] x = a.reals();
    double[] y = b.reals();
    for (int s = 0; s < positionsA.length; s++) {
      int ia = positionsA[s] * rows * inner;
      int ib = positionsB[s] * inner * cols;
      multiply(x, ia, y, ib, out, s * rows * cols, rows, inner, cols);
    }
    int[] shape = Arrays.copyOf(stack, stack.length + 2);
    shape[stack.length] = rows;
    shape[stack.length + 1] = cols;
    Array product = Array.of(left.dtype, shape, out);
    if (left.rank() == 1) {
      shape = ShapeKernels.without(shape, shape.length - 2);
    }
    if (right.rank() == 1) {
      shape = ShapeKernels.without(shape, shape.length - 1);
    }
    return product.reshape(shape);
  }

  private static List<Array> gemm(Call c) {
    Array a = c.flag("transA") ? ShapeKernels.transpose(c.in(0), 1, 0) : c.in(0);
    Array b = c.flag("transB") ? ShapeKernels.transpose(c.in(1), 1, 0) : c.in(1);
    double alpha = c.f("alpha", 1);
    double beta = c.f("beta", 1);
    Array product = matmul(a, b);
    if (!c.has(2)) {
      return List.of(
          ElementwiseKernels.combine(product, product, (p, q) -> alpha * p, (p, q) -> p));
    }
    return List.of(
        ElementwiseKernels.combine(
            product,
            c.in(2),
            (p, bias) -> alpha * p + beta * bias,
            (p, bias) -> (long) (alpha * p + beta * bias)));
  }

  /** Sums over all values of the letters that the result does not name. */
  private static List<Array> einsum(Call c) {
    String equation = c.attributes().s("equation", "").replace(" ", "");
    int arrow = equation.indexOf("->");
    String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    int dots = 0;
    for (int i = 0; i < terms.length; i++) {
      if (terms[i].contains("...")) {
        dots = Math.max(dots, c.in(i).rank() - terms[i].length() + 3);
      }
    }
    for (int i = 0; i < terms.length; i++) {
      terms[i] = spellDots(terms[i], c.in(i).rank() - terms[i].length() + 3, dots);
    }
    String result =
        arrow < 0
            ? implicitResult(terms, dots)
            : spellDots(equation.substring(arrow + 2), dots, dots);
    Map<Character, Integer> sizes = new TreeMap<>();
    for (int i = 0; i < terms.length; i++) {
      for (int axis = 0; axis < terms[i].length(); axis++) {
        sizes.merge(terms[i].charAt(axis), c.in(i).shape[axis], Math::max);
      }
    }
    // One loop over all letters, those of the result outermost.
    StringBuilder letters = new StringBuilder(result);
    sizes.keySet().stream().filter(l -> result.indexOf(l) < 0).forEach(letters::append);
    int[] extent = letters.chars().map(l -> sizes.get((char) l)).toArray();
    int[][] positions = new int[terms.length][];
    for (int i = 0; i < terms.length; i++) {
      positions[i] = Indices.positions(extent, steps(letters, terms[i], c.in(i).shape), 0);
    }
    int[] shape = Arrays.copyOf(extent, result.length());
    int[] target = Indices.positions(extent, steps(letters, result, shape), 0);
    double[] out = new double[Indices.size(shape)];
    for (int p = 0; p < target.length; p++) {
      double product = 1;
      for (int i = 0; i < terms.length; i++) {
        product *= c.in(i).real(positions[i][p]);
      }
      out[target[p]] += product;
    }
    return List.of(Array.of(c.in(0).dtype, shape, out));
  }

  /** Replaces an ellipsis by the digits of the axes it stands for; broadcast ones are the last. */
  private static String spellDots(String term, int count, int most) {
    StringBuilder digits = new StringBuilder();
    for (int i = most - count; i < most; i++) {
      digits.append((char) ('0' + i));
    }
    return term.replace("...", digits);
  }

  private static String implicitResult(String[] terms, int dots) {
    Map<Character, Integer> counts = new TreeMap<>();
    String.join("", terms).chars().forEach(l -> counts.merge((char) l, 1, Integer::sum));
    StringBuilder result = new StringBuilder(spellDots("...", dots, dots));
    counts.forEach(
        (letter, count) -> {
          if (count == 1 && Character.isLetter(letter)) {
            result.append(letter);
          }
        });
    return result.toString();
  }

  /** How far a step along each letter moves in a tensor whose axes a term names. */
  private static int[] steps(CharSequence letters, String term, int[] shape) {
    int[] strides = Indices.strides(shape);
    Map<Character, Integer> moves = new HashMap<>();
    for (int axis = 0; axis < shape.length; axis++) {
      moves.merge(term.charAt(axis), shape[axis] == 1 ? 0 : strides[axis], Integer::sum);
    }
    return letters.chars().map(l -> moves.getOrDefault((char) l, 0)).toArray();
  }

  private static List<Array> matmulInteger(Call c) {
    Array a = c.in(0).cast(DType.INT32);
    Array b = c.in(1).cast(DType.INT32);
    if (c.has(2)) {
      Array zero = c.in(2).rank() == 1 ? c.in(2).reshape(c.in(2).size(), 1) : c.in(2);
      a = ElementwiseKernels.combine(a, zero, (x, z) -> x - z, (x, z) -> x - z);
    }
    if (c.has(3)) {
      b = ElementwiseKernels.combine(b, c.in(3), (x, z) -> x - z, (x, z) -> x - z);
    }
    return List.of(matmul(a, b));
  }
}
