package dev.graft.backend.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.GraphOperation;

class GraphWriterTest {
  private static final TensorType KERNEL = TensorType.of(DType.FLOAT32, 3, 3, 3, 3);

  @Test
  void chainsOfConvolutionsMoveElementsAtTheBordersOnly() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 3, 8, 8));
    Value w = g.parameter("w", KERNEL);
    Value bias = g.parameter("bias", TensorType.of(DType.FLOAT32, 3, 1, 1));
    Value y = g.op("Relu", conv(g, x, w).add(bias));
    g.output(conv(g, y, w).add(y), "y");
    assertEquals(2, transpositions(g.build()));
  }

  @Test
  void aMeanOverTheImageMovesNothingBack() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 3, 8, 8));
    Value y = g.op("GlobalAveragePool", conv(g, x, g.parameter("w", KERNEL)));
    g.output(g.op("Flatten", y), "y");
    assertEquals(1, transpositions(g.build()));
  }

  private static Value conv(GraphBuilder g, Value x, Value w) {
    return g.op("Conv", Attributes.of("pads", new long[] {1, 1, 1, 1}), x, w);
  }

  /** How many operations of TensorFlow move elements. */
  private static int transpositions(Graph graph) {
    Map<String, HostTensor> weights =
        Map.of(
            "w", HostTensor.full(KERNEL, 1),
            "bias", HostTensor.full(TensorType.of(DType.FLOAT32, 3, 1, 1), 1));
    try (org.tensorflow.Graph target = new org.tensorflow.Graph()) {
      GraphWriter writer = new GraphWriter(target, graph, weights, "/device:CPU:0");
      writer.setRows("x", writer.placeholder(graph.type("x")));
      graph.nodes().forEach(node -> TensorFlowOperators.emit(writer, node));
      writer.rows("y");
      int count = 0;
      for (var operations = target.operations(); operations.hasNext(); ) {
        GraphOperation operation = operations.next();
        count += operation.type().equals("Transpose") ? 1 : 0;
      }
      return count;
    }
  }
}
