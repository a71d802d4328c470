package dev.graft.onnx;

import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/** The values of {@code Constant} nodes, in each of the ways that ONNX has for them. */
final class ConstantNodes {
  private ConstantNodes() {}

  static HostTensor value(OnnxNode node) {
    for (String attribute : List.of("value", "sparse_value")) {
      if (node.attributes.get(attribute) instanceof HostTensor t) {
        return t;
      }
    }
    if (node.attributes.get("value_int") instanceof Long v) {
      return HostTensor.scalar(v);
    }
    if (node.attributes.get("value_float") instanceof Double v) {
      return HostTensor.full(new TensorType(DType.FLOAT32, Shape.SCALAR), v);
    }
    if (node.attributes.get("value_ints") instanceof List<?> list) {
      return HostTensor.vector(list.stream().mapToLong(v -> (Long) v).toArray());
    }
    if (node.attributes.get("value_floats") instanceof List<?> list) {
      return HostTensor.fromDoubles(
          TensorType.of(DType.FLOAT32, list.size()), i -> (Double) list.get(i));
    }
    throw new ModelFormatException(
        "has no value that graphs can hold; it has " + node.attributes.keySet());
  }
}
