package dev.graft.graph.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class MixedPrecisionTest {
  private final GraphBuilder g = new GraphBuilder();

  private static List<DType> types(Graph graph, String operator) {
    return graph.nodes().stream()
        .filter(n -> n.operator().name().equals(operator))
        .map(n -> graph.type(n.outputs().get(0)).dtype())
        .toList();
  }

  @Test
  void productsAreShortAndSumsParametersAndOutputsAreNot() {
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 4, 8));
    Value w = g.parameter("w", TensorType.of(DType.FLOAT32, 8, 3));
    g.output(x.matmul(w).add(1).mean(false, 1), "y");
    Graph mixed = MixedPrecision.apply(g.build());
    assertEquals(List.of(DType.BFLOAT16), types(mixed, "MatMul"));
    assertEquals(List.of(DType.FLOAT32), types(mixed, "Add"));
    assertEquals(List.of(DType.FLOAT32), types(mixed, "ReduceMean"));
    assertEquals(DType.FLOAT32, mixed.type("w").dtype());
    assertEquals(DType.FLOAT32, mixed.type("y").dtype());
  }

  @Test
  void whatSeveralProductsReadIsConvertedOnce() {
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 4, 8));
    Value w = g.parameter("w", TensorType.of(DType.FLOAT32, 8, 3));
    Value v = g.parameter("v", TensorType.of(DType.FLOAT32, 8, 3));
    g.output(x.matmul(w).add(x.matmul(v)), "y");
    Graph mixed = MixedPrecision.apply(g.build());
    long conversionsOfX =
        mixed.nodes().stream()
            .filter(n -> n.operator().name().equals("Cast") && n.inputs().contains("x"))
            .count();
    assertEquals(1, conversionsOfX);
  }

  @Test
  void convolutionsOfSingleChannelsStayAsTheyAre() {
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 8, 5, 5));
    Value w = g.parameter("w", TensorType.of(DType.FLOAT32, 8, 1, 3, 3));
    g.output(g.op("Conv", Attributes.of("group", 8), x, w), "y");
    Graph mixed = MixedPrecision.apply(g.build());
    assertTrue(mixed.nodes().stream().map(Node::operator).noneMatch(o -> o.name().equals("Cast")));
  }

  @Test
  void integersAndDoublesAreLeftAlone() {
    Value x = g.input("x", TensorType.of(DType.FLOAT64, 4, 8));
    Value w = g.parameter("w", TensorType.of(DType.FLOAT64, 8, 3));
    g.output(x.matmul(w), "y");
    assertEquals(List.of(DType.FLOAT64), types(MixedPrecision.apply(g.build()), "MatMul"));
  }
}
