package dev.graft.tensor;

/** What is known of a tensor before it is computed: element type and shape. */
public record TensorType(DType dtype, Shape shape) {
  public static TensorType of(DType dtype, long... sizes) {
    return new TensorType(dtype, Shape.of(sizes));
  }

  public int rank() {
    return shape.rank();
  }

  public TensorType withShape(Shape other) {
    return new TensorType(dtype, other);
  }

  public TensorType withDType(DType other) {
    return new TensorType(other, shape);
  }

  @Override
  public String toString() {
    return dtype + shape.toString();
  }
}
