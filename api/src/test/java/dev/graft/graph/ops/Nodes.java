package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** Short forms for tests of type rules: one node over inputs of given types. */
final class Nodes {
  private Nodes() {}

  /** A type; sizes are numbers or names. */
  static TensorType type(DType dtype, Object... sizes) {
    List<Dim> dims = new ArrayList<>();
    for (Object size : sizes) {
      dims.add(
          size instanceof String name ? Dim.symbol(name) : Dim.of(((Number) size).longValue()));
    }
    return new TensorType(dtype, new Shape(dims));
  }

  static TensorType floats(Object... sizes) {
    return type(DType.FLOAT32, sizes);
  }

  static TensorType longs(Object... sizes) {
    return type(DType.INT64, sizes);
  }

  /** The type of the only output. */
  static TensorType infer(String operator, Attributes attributes, TensorType... inputs) {
    return inferAll(operator, attributes, 1, inputs).get(0);
  }

  static TensorType infer(String operator, TensorType... inputs) {
    return infer(operator, Attributes.NONE, inputs);
  }

  static List<TensorType> inferAll(
      String operator, Attributes attributes, int outputs, TensorType... inputs) {
    GraphBuilder builder = new GraphBuilder();
    Value[] in = new Value[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      in[i] = builder.input("in" + i, inputs[i]);
    }
    return builder.ops(operator, attributes, outputs, in).stream().map(Value::type).toList();
  }

  /** The message with which a node is refused; it must name the operator and the node. */
  static String refusal(String operator, Attributes attributes, TensorType... inputs) {
    GraphException e =
        Assertions.assertThrows(GraphException.class, () -> infer(operator, attributes, inputs));
    String message = String.valueOf(e.getMessage());
    Assertions.assertTrue(message.contains(operator + " (node '" + operator + "')"), message);
    return message;
  }

  static String refusal(String operator, TensorType... inputs) {
    return refusal(operator, Attributes.NONE, inputs);
  }
}
