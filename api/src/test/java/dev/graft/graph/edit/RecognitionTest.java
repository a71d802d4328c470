package dev.graft.graph.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecognitionTest {
  private final GraphBuilder g = new GraphBuilder();
  private final Value x = g.input("x", SmallNetworks.batchOf(4, 8));

  private List<String> operatorsAfterRecognition(Value output) {
    Graph graph = Recognition.apply(g.output(output, "y").build());
    return graph.nodes().stream()
        .map(n -> n.operator().name())
        .filter(n -> !n.equals("Identity"))
        .toList();
  }

  @Test
  void layerNormalizationInPrimitivesBecomesOneNode() {
    Value centred = x.sub(x.mean(true, -1));
    Value variance = g.op("Pow", centred, centred.constant(2)).mean(true, -1);
    Value y =
        centred
            .div(variance.add(1e-5).sqrt())
            .mul(g.parameter("scale", SmallNetworks.floats(8)))
            .add(g.parameter("bias", SmallNetworks.floats(8)));
    assertEquals(List.of("LayerNormalization"), operatorsAfterRecognition(y));
  }

  @Test
  void aNormOverAnotherAxisIsLeftAlone() {
    Value centred = x.sub(x.mean(true, 1));
    Value variance = g.op("Pow", centred, centred.constant(2)).mean(true, 1);
    Value y =
        centred
            .div(variance.add(1e-5).sqrt())
            .mul(g.parameter("scale", SmallNetworks.floats(8)))
            .add(g.parameter("bias", SmallNetworks.floats(8)));
    assertTrue(operatorsAfterRecognition(y).contains("Sqrt"));
  }

  @Test
  void exactGeluIsFoundInEitherOrderOfItsFactors() {
    Value phi = g.op("Erf", x.div(Math.sqrt(2))).add(1);
    assertEquals(List.of("Gelu"), operatorsAfterRecognition(x.mul(phi).mul(0.5)));
  }

  @Test
  void tanhGeluKeepsItsApproximation() {
    Value cube = g.op("Pow", x, x.constant(3));
    Value tanh = g.op("Tanh", x.add(cube.mul(0.044715)).mul(Math.sqrt(2 / Math.PI)));
    Graph graph = Recognition.apply(g.output(x.mul(0.5).mul(tanh.add(1)), "y").build());
    String approximate =
        graph.nodes().stream()
            .filter(n -> n.operator().name().equals("Gelu"))
            .map(n -> n.attributes().s("approximate", ""))
            .findFirst()
            .orElse("none found");
    assertEquals("tanh", approximate);
  }

  @Test
  void aProductThatOnlyResemblesGeluIsLeftAlone() {
    Value phi = g.op("Erf", x.div(1.5)).add(1);
    assertTrue(operatorsAfterRecognition(x.mul(phi).mul(0.5)).contains("Erf"));
  }

  @Test
  void scaledMaskedSoftmaxBetweenProductsBecomesAttention() {
    Value q = g.input("q", SmallNetworks.batchOf(2, 5, 8));
    Value k = g.input("k", SmallNetworks.batchOf(2, 5, 8));
    Value v = g.input("v", SmallNetworks.batchOf(2, 5, 8));
    Value mask = g.input("mask", SmallNetworks.batchOf(1, 1, 5));
    Value scores = q.matmul(k.transposeLast()).div(Math.sqrt(8)).add(mask);
    Value y = g.op("Softmax", Attributes.of("axis", -1), scores).matmul(v);
    assertTrue(operatorsAfterRecognition(y).contains("Attention"));
  }
}
