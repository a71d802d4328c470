package dev.graft.graph;

import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.Arrays;

/**
 * A value of a graph that is being built: a name with a type, and the builder that further
 * operators are added to. The methods are short forms of {@link GraphBuilder#op} for writing
 * derivatives and decompositions as formulas; binary ones broadcast as ONNX does.
 */
public record Value(GraphBuilder builder, String name, TensorType type) {
  public DType dtype() {
    return type.dtype();
  }

  public Shape shape() {
    return type.shape();
  }

  public int rank() {
    return type.rank();
  }

  /** An operator without attributes and with one output, whose first input is this value. */
  public Value op(String operator, Value... others) {
    Value[] in = new Value[others.length + 1];
    in[0] = this;
    System.arraycopy(others, 0, in, 1, others.length);
    return builder.op(operator, in);
  }

  public Value add(Value other) {
    return builder.op("Add", this, other);
  }

  public Value sub(Value other) {
    return builder.op("Sub", this, other);
  }

  public Value mul(Value other) {
    return builder.op("Mul", this, other);
  }

  public Value div(Value other) {
    return builder.op("Div", this, other);
  }

  public Value add(double c) {
    return add(constant(c));
  }

  public Value sub(double c) {
    return sub(constant(c));
  }

  public Value mul(double c) {
    return mul(constant(c));
  }

  public Value div(double c) {
    return div(constant(c));
  }

  /** A scalar of this value's element type. */
  public Value constant(double c) {
    return builder.scalar(dtype(), c);
  }

  public Value neg() {
    return builder.op("Neg", this);
  }

  public Value exp() {
    return builder.op("Exp", this);
  }

  public Value log() {
    return builder.op("Log", this);
  }

  public Value sqrt() {
    return builder.op("Sqrt", this);
  }

  public Value square() {
    return mul(this);
  }

  public Value reciprocal() {
    return builder.op("Reciprocal", this);
  }

  public Value matmul(Value other) {
    return builder.op("MatMul", this, other);
  }

  public Value transpose(long... permutation) {
    return builder.op("Transpose", Attributes.of("perm", permutation), this);
  }

  /** Swaps the last two axes. */
  public Value transposeLast() {
    long[] perm = new long[rank()];
    Arrays.setAll(perm, i -> i);
    perm[rank() - 1] = rank() - 2;
    perm[rank() - 2] = rank() - 1;
    return transpose(perm);
  }

  public Value reshape(long... sizes) {
    return builder.op("Reshape", this, builder.vector(sizes));
  }

  public Value unsqueeze(long... axes) {
    return builder.op("Unsqueeze", this, builder.vector(axes));
  }

  public Value squeeze(long... axes) {
    return builder.op("Squeeze", this, builder.vector(axes));
  }

  public Value sum(boolean keepDims, long... axes) {
    return reduce("ReduceSum", keepDims, axes);
  }

  public Value mean(boolean keepDims, long... axes) {
    return reduce("ReduceMean", keepDims, axes);
  }

  public Value max(boolean keepDims, long... axes) {
    return reduce("ReduceMax", keepDims, axes);
  }

  /** A reduction over the axes; over all of them if none is given. */
  public Value reduce(String operator, boolean keepDims, long... axes) {
    Attributes attributes = Attributes.of("keepdims", keepDims);
    return axes.length == 0
        ? builder.op(operator, attributes, this)
        : builder.op(operator, attributes, this, builder.vector(axes));
  }

  public Value cast(DType to) {
    return to == dtype() ? this : builder.op("Cast", Attributes.of("to", to.name()), this);
  }

  public Value greater(Value other) {
    return builder.op("Greater", this, other);
  }

  public Value equalTo(Value other) {
    return builder.op("Equal", this, other);
  }

  /** Elements of {@code yes} where this boolean value holds, else of {@code no}. */
  public Value where(Value yes, Value no) {
    return builder.op("Where", this, yes, no);
  }

  /** The part {@code [start, end)} along one axis. */
  public Value slice(int axis, long start, long end) {
    return builder.op(
        "Slice", this, builder.vector(start), builder.vector(end), builder.vector(axis));
  }

  @Override
  public String toString() {
    return name + ": " + type;
  }
}
