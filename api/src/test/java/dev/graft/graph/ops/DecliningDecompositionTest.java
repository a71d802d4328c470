package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Formulas that need sizes decline where sizes are symbols, and do their work where they are not.
 */
class DecliningDecompositionTest {
  private static final Map<String, BiFunction<GraphBuilder, Value, Value>> NODES =
      Map.of(
          "Einsum",
          (g, x) -> g.op("Einsum", Attributes.of("equation", "ij,kj->ik"), x, x),
          "CumProd",
          (g, x) -> x.op("CumProd", g.constant(HostTensor.scalar(0L))),
          "QuantizeLinear",
          (g, x) ->
              g.op(
                  "QuantizeLinear",
                  Attributes.of("block_size", 2),
                  x,
                  g.constant(HostTensor.full(TensorType.of(DType.FLOAT32, 3, 2), 0.1))));

  private static Graph graph(String operator, TensorType input) {
    GraphBuilder g = new GraphBuilder();
    return g.output(NODES.get(operator).apply(g, g.input("x", input))).build();
  }

  private static Graph decomposed(Graph graph) {
    return Rewriter.decompose(graph, (g, node) -> true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Einsum", "CumProd", "QuantizeLinear"})
  void aSymbolicSizeKeepsTheNode(String operator) {
    Graph graph = graph(operator, floats("batch", 4));
    assertSame(graph, decomposed(graph));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Einsum", "CumProd", "QuantizeLinear"})
  void aFixedSizeDoesNot(String operator) {
    Graph graph = graph(operator, floats(3, 4));
    assertNotSame(graph, decomposed(graph));
  }

  @Test
  void sizesOfOtherAxesMayBeSymbols() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", floats("batch", 4));
    Graph graph = g.output(x.op("CumProd", g.constant(HostTensor.scalar(1L)))).build();
    assertNotSame(graph, decomposed(graph));
  }
}
