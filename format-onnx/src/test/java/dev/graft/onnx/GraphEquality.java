package dev.graft.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import java.util.Comparator;
import java.util.List;

/** Compares graphs part by part; the order of inputs of one role and of constants is free. */
final class GraphEquality {
  private GraphEquality() {}

  static void assertSame(Graph expected, Graph actual) {
    assertEquals(expected.nodes(), actual.nodes());
    assertEquals(expected.constants(), actual.constants());
    assertEquals(expected.outputs(), actual.outputs());
    assertEquals(inputs(expected), inputs(actual));
    for (String value : expected.values()) {
      assertEquals(expected.type(value), actual.type(value), value);
    }
  }

  private static List<GraphInput> inputs(Graph graph) {
    return graph.inputs().stream().sorted(Comparator.comparing(GraphInput::name)).toList();
  }
}
