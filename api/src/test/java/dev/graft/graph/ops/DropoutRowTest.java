package dev.graft.graph.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import dev.graft.graph.Differentiator;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DropoutRowTest {
  private static Graph dropout(boolean training, float ratio) {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", Nodes.floats(2, 3));
    Value mode = g.constant(HostTensor.of(new boolean[] {training}));
    Value y = g.op("Dropout", Attributes.NONE, x, g.scalar(DType.FLOAT32, ratio), mode);
    return g.output(y.sum(false), "objective").build();
  }

  private static List<String> operators(Graph graph) {
    return graph.nodes().stream().map(n -> n.operator().name()).toList();
  }

  private static Graph gradient(Graph forward) {
    Graph graph = Differentiator.differentiable(forward, "objective", Set.of("x"));
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    graph.nodes().forEach(rewriter::copy);
    Value dx = Differentiator.differentiate(rewriter, graph, "objective", Set.of("x")).get("x");
    rewriter.target().output(dx, "dx");
    return Rewriter.prune(rewriter.target().build());
  }

  @Test
  void dropoutThatDropsNothingVanishes() {
    assertFalse(operators(decomposed(dropout(false, 0.3f))).contains("Dropout"));
    assertFalse(operators(decomposed(dropout(true, 0))).contains("Dropout"));
  }

  @Test
  void dropoutThatDrawsStays() {
    Graph graph = dropout(true, 0.3f);
    assertSame(graph, decomposed(graph));
  }

  private static Graph decomposed(Graph graph) {
    return Rewriter.decompose(graph, (g, node) -> true);
  }

  @Test
  void itsDerivativeUsesTheMaskOfTheSameDraw() {
    Graph gradient = gradient(dropout(true, 0.3f));
    Node node =
        gradient.nodes().stream()
            .filter(n -> n.operator().name().equals("Dropout"))
            .findFirst()
            .orElseThrow();
    assertTrue(node.hasOutput(1));
    assertEquals("Cast", gradient.consumers(node.outputs().get(1)).get(0).operator().name());
  }

  @Test
  void inInferenceModeItsDerivativeIsTheIdentity() {
    assertFalse(operators(gradient(dropout(false, 0.3f))).contains("Dropout"));
  }
}
