package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Operators that tell the shape of a value, or make a tensor from one. None has a gradient. */
public final class Generators {
  private Generators() {}

  static List<Operator> rows() {
    return List.of(
        Operator.of("Shape", 21, 1, 1, Generators::shape).withoutGradient(),
        Operator.of("Size", 21, 1, 1, n -> List.of(TensorType.of(DType.INT64))).withoutGradient(),
        Operator.of("Range", 11, 3, 3, Generators::range).withoutGradient(),
        Operator.of("ConstantOfShape", 21, 1, 1, Generators::constantOfShape).withoutGradient(),
        Operator.of("EyeLike", 9, 1, 1, Generators::eyeLike).withoutGradient(),
        Operator.of("NonZero", 13, 1, 1, Generators::nonZero).withoutGradient());
  }

  private static List<TensorType> shape(NodeContext node) {
    return List.of(TensorType.of(DType.INT64, reported(node).size()));
  }

  /** The dimensions that a {@code Shape} node reports. */
  public static List<Dim> reported(NodeContext node) {
    List<Dim> dims = node.type(0).shape().dims();
    int start = clamped(node.attributes().i("start", 0), dims.size());
    int end = clamped(node.attributes().i("end", dims.size()), dims.size());
    return dims.subList(start, Math.max(start, end));
  }

  private static int clamped(long axis, int rank) {
    return (int) Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
  }

  private static List<TensorType> range(NodeContext node) {
    TensorType vector = node.type(0).withShape(new Shape(List.of(length(node))));
    return List.of(vector);
  }

  private static Dim length(NodeContext node) {
    Optional<HostTensor> start = node.constant(0);
    Optional<HostTensor> limit = node.constant(1);
    Optional<HostTensor> delta = node.constant(2);
    if (start.isPresent() && limit.isPresent() && delta.isPresent()) {
      double from = start.get().getDouble(0);
      double steps = Math.ceil((limit.get().getDouble(0) - from) / delta.get().getDouble(0));
      return Dim.of((long) Math.max(0, steps));
    }
    Optional<List<Dim>> first = node.dims(0);
    Optional<List<Dim>> last = node.dims(1);
    Optional<List<Dim>> step = node.dims(2);
    if (first.isPresent() && last.isPresent() && step.isPresent() && step.get().get(0).isFixed()) {
      Dim span = last.get().get(0).minus(first.get().get(0));
      long by = step.get().get(0).size();
      if (span.isFixed()) {
        return Dim.of(Math.max(0, -Math.floorDiv(-span.size(), by)));
      }
      if (by > 0) {
        return span.plus(Dim.of(by - 1)).floorDiv(Dim.of(by));
      }
    }
    return Shapes.unknown(node, "length");
  }

  private static List<TensorType> constantOfShape(NodeContext node) {
    HostTensor value = node.attributes().tensor("value");
    DType dtype = value == null ? DType.FLOAT32 : value.dtype();
    Shape shape = node.dims(0).map(Shape::new).orElseGet(() -> Shapes.unknownShape(node, 0));
    return List.of(new TensorType(dtype, shape));
  }

  private static List<TensorType> eyeLike(NodeContext node) {
    if (node.type(0).rank() != 2) {
      throw node.error("needs a matrix, but got " + node.type(0));
    }
    String dtype = node.attributes().s("dtype", node.type(0).dtype().name());
    return List.of(node.type(0).withDType(DType.valueOf(dtype)));
  }

  private static List<TensorType> nonZero(NodeContext node) {
    Dim rank = Dim.of(Math.max(1, node.type(0).rank()));
    Dim count =
        node.constant(0)
            .map(t -> Dim.of(Arrays.stream(t.toDoubles()).filter(v -> v != 0).count()))
            .orElseGet(() -> Shapes.unknown(node, "count"));
    Shape shape = new Shape(List.of(rank, count));
    return List.of(new TensorType(DType.INT64, shape));
  }
}
