package dev.graft.graph.ops;

import static dev.graft.graph.ops.ElementKind.FLOATING;
import static dev.graft.graph.ops.ElementKind.INTEGER;
import static dev.graft.graph.ops.ElementKind.SIGNED;
import static dev.graft.graph.ops.Pointwise.formula;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Linear quantization and its inverse, and integer matrix products.
 *
 * <p>A scale is for the whole tensor (scalar), for each index of one axis (vector), or for each
 * block along one axis (a tensor that is shorter along that axis).
 */
public final class Quantization {
  private Quantization() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("QuantizeLinear", 21, 2, 3, Quantization::quantizeType)
            .withDecomposition(formula(Quantization::quantize))
            .withoutGradient(),
        Operator.of("DequantizeLinear", 21, 2, 3, Quantization::dequantizeType)
            .withDecomposition(formula(Quantization::dequantize)),
        Operator.of("DynamicQuantizeLinear", 11, 1, 1, Quantization::dynamicType)
            .withOutputs(3)
            .withDecomposition(Quantization::dynamicQuantize)
            .withoutGradient(),
        Operator.of("MatMulInteger", 10, 2, 4, Quantization::matMulIntegerType)
            .withDecomposition(formula(Quantization::matMulInteger))
            .withoutGradient(),
        Operator.of("QLinearMatMul", 21, 8, 8, Quantization::qLinearMatMulType)
            .withDecomposition(formula(Quantization::qLinearMatMul))
            .withoutGradient());
  }

  // --- types

  private static List<TensorType> quantizeType(NodeContext n) {
    SIGNED.check(n, 0);
    FLOATING.check(n, 1);
    checkScale(n);
    return List.of(n.type(0).withDType(quantizedType(n)));
  }

  private static DType quantizedType(NodeContext n) {
    DType dtype = n.has(2) ? n.type(2).dtype() : Shapes.dtype(n, "output_dtype", DType.UINT8);
    if (!dtype.isInteger()) {
      throw n.error("quantizes to integers, not to " + dtype);
    }
    return dtype;
  }

  private static List<TensorType> dequantizeType(NodeContext n) {
    INTEGER.check(n, 0);
    FLOATING.check(n, 1);
    checkScale(n);
    if (n.has(2)) {
      Shapes.sameDType(n, 0, 2);
    }
    return List.of(n.type(0).withDType(dequantizedType(n)));
  }

  private static DType dequantizedType(NodeContext n) {
    return Shapes.dtype(n, "output_dtype", n.type(1).dtype());
  }

  private static void checkScale(NodeContext n) {
    Shape scale = n.type(1).shape();
    boolean blocked = n.attributes().i("block_size", 0) > 0;
    if (blocked ? scale.rank() != n.type(0).rank() : scale.rank() > 1) {
      throw n.error("has a scale " + n.type(1) + " that does not fit " + n.type(0));
    }
    if (n.has(2) && !n.type(2).shape().equals(scale)) {
      throw n.error("needs a zero point shaped as the scale, but got " + n.type(2));
    }
    if (!isScalar(scale)) {
      Dim size = n.type(0).shape().dim(axis(n));
      if (!blocked && scale.dim(0).isFixed() && size.isFixed() && !scale.dim(0).equals(size)) {
        throw n.error("has " + scale.dim(0) + " scales for an axis of size " + size);
      }
    }
  }

  private static List<TensorType> dynamicType(NodeContext n) {
    FLOATING.check(n, 0);
    return List.of(
        n.type(0).withDType(DType.UINT8),
        n.type(0).withShape(Shape.SCALAR),
        TensorType.of(DType.UINT8));
  }

  private static List<TensorType> matMulIntegerType(NodeContext n) {
    INTEGER.check(n, 0);
    INTEGER.check(n, 1);
    Shape shape = LinearAlgebra.matMul(n, n.type(0).shape(), n.type(1).shape());
    return List.of(new TensorType(DType.INT32, shape));
  }

  private static List<TensorType> qLinearMatMulType(NodeContext n) {
    INTEGER.check(n, 0);
    INTEGER.check(n, 3);
    Shape shape = LinearAlgebra.matMul(n, n.type(0).shape(), n.type(3).shape());
    return List.of(n.type(7).withShape(shape));
  }

  // --- decompositions

  /** saturate(round(x / scale) + zero); null where blocks have unknown sizes. */
  private static @Nullable Value quantize(NodeContext n) {
    if (hasUnknownBlocks(n)) {
      return null;
    }
    Value scale = spread(n, n.in(1));
    Value steps = n.in(0).cast(scale.dtype()).div(scale).op("Round");
    Value level = n.has(2) ? steps.add(spread(n, n.in(2).cast(scale.dtype()))) : steps;
    return saturate(level, quantizedType(n));
  }

  /** Clips to the range of an integer type and casts. */
  private static Value saturate(Value v, DType to) {
    int bits = 8 * to.bytes();
    double low = to.isUnsigned() ? 0 : -Math.scalb(1.0, bits - 1);
    double high = Math.scalb(1.0, to.isUnsigned() ? bits : bits - 1) - 1;
    return v.op("Clip", v.constant(low), v.constant(high)).cast(to);
  }

  /** (x - zero) scale; null where blocks have unknown sizes. */
  private static @Nullable Value dequantize(NodeContext n) {
    if (hasUnknownBlocks(n)) {
      return null;
    }
    DType dtype = dequantizedType(n);
    Value level = n.in(0).cast(dtype);
    if (n.has(2)) {
      level = level.sub(spread(n, n.in(2).cast(dtype)));
    }
    return level.mul(spread(n, n.in(1).cast(dtype)));
  }

  private static boolean hasUnknownBlocks(NodeContext n) {
    boolean known = n.type(0).shape().isStatic() && n.type(1).shape().isStatic();
    return n.attributes().i("block_size", 0) > 0 && !known;
  }

  private static boolean isScalar(Shape shape) {
    return shape.dims().stream().allMatch(d -> d.is(1));
  }

  private static int axis(NodeContext n) {
    return n.type(0).shape().axis(n.attributes().i("axis", 1));
  }

  /** A scale or zero point in a shape that broadcasts to x. */
  private static Value spread(NodeContext n, Value v) {
    if (n.attributes().i("block_size", 0) > 0) {
      return repeat(n, v, axis(n), n.attributes().i("block_size", 0));
    }
    if (isScalar(v.shape())) {
      return v.rank() == 0 ? v : v.squeeze(0);
    }
    int behind = n.type(0).rank() - 1 - axis(n);
    return behind == 0 ? v : v.unsqueeze(LongStream.rangeClosed(1, behind).toArray());
  }

  /** Each element {@code times} over along an axis, cut to the size of x. */
  private static Value repeat(NodeContext n, Value v, int axis, long times) {
    Shape shape = v.shape();
    long[] blocks = new long[shape.rank() + 1];
    for (int i = 0; i < shape.rank(); i++) {
      blocks[i <= axis ? i : i + 1] = shape.dim(i).size();
    }
    blocks[axis + 1] = times;
    Value wide = v.unsqueeze(axis + 1).op("Expand", n.builder().vector(blocks));
    long size = n.type(0).shape().dim(axis).size();
    long covered = shape.dim(axis).size() * times;
    Value joined = wide.reshape(shape.with(axis, Dim.of(covered)).sizes());
    return covered == size ? joined : joined.slice(axis, 0, size);
  }

  /** The range of x, widened to hold zero, on 255 levels. */
  private static List<@Nullable Value> dynamicQuantize(NodeContext n) {
    Value x = n.in(0);
    Value zero = x.constant(0);
    Value low = x.reduce("ReduceMin", false).op("Min", zero);
    Value high = x.max(false).op("Max", zero);
    Value range = high.sub(low);
    Value scale = range.equalTo(zero).where(zero.constant(1), range.div(255));
    Value zeroPoint = saturate(low.neg().div(scale).op("Round"), DType.UINT8);
    return List.of(x.op("QuantizeLinear", scale, zeroPoint), scale, zeroPoint);
  }

  private static Value matMulInteger(NodeContext n) {
    Value a = n.in(0).cast(DType.INT32);
    Value b = n.in(1).cast(DType.INT32);
    if (n.has(2)) {
      Value zero = n.in(2).cast(DType.INT32);
      // A vector has one zero point per row.
      a = a.sub(zero.rank() == 1 && !isScalar(zero.shape()) ? zero.unsqueeze(1) : zero);
    }
    if (n.has(3)) {
      b = b.sub(n.in(3).cast(DType.INT32));
    }
    return a.matmul(b);
  }

  private static Value qLinearMatMul(NodeContext n) {
    Value a = dequantized(n.in(0), n.in(1), n.in(2), -2);
    Value b = dequantized(n.in(3), n.in(4), n.in(5), -1);
    return a.matmul(b).op("QuantizeLinear", n.in(6), n.in(7));
  }

  private static Value dequantized(Value x, Value scale, Value zero, int axis) {
    return x.builder().op("DequantizeLinear", Attributes.of("axis", axis), x, scale, zero);
  }
}
