package dev.graft.graph.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Node;
import dev.graft.graph.Operators;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Parameter.Kind;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParametersTest {
  private final Graph network = SmallNetworks.residual();
  private final Parameters parameters = Parameters.of(network);

  @Test
  void kindsFollowFromTheOperatorThatReadsTheParameter() {
    assertEquals(Kind.WEIGHT, parameters.get("conv1.weight").kind());
    assertEquals(Kind.NORM_SCALE, parameters.get("bn1.weight").kind());
    assertEquals(Kind.BUFFER, parameters.get("bn1.running_var").kind());
    assertEquals(Kind.BIAS, parameters.get("fc.bias").kind());
  }

  @Test
  void aNormBelongsToTheLayerBeforeIt() {
    assertEquals(parameters.get("conv1.weight").depth(), parameters.get("bn1.bias").depth());
    assertEquals(3, parameters.layers());
  }

  @Test
  void freezingByDepthKeepsTheUpperLayersTrainable() {
    assertEquals(
        Set.of("conv2.weight", "conv2.bias", "fc.weight", "fc.bias"), parameters.trainableFrom(1));
  }

  @Test
  void patternsChooseByLogicalName() {
    assertEquals(Set.of("fc.weight", "fc.bias"), parameters.matching("fc.*"));
    GraphException e = assertThrows(GraphException.class, () -> parameters.matching("layer9.*"));
    assertTrue(e.getMessage().contains("conv1.weight"), e.getMessage());
  }

  @Test
  void anAnonymousWeightIsNamedAfterTheScopeOfItsNode() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", SmallNetworks.batchOf(4));
    g.parameter("onnx::MatMul_787", SmallNetworks.floats(4, 4));
    Node node =
        new Node(
            "/encoder/layer.0/query/MatMul",
            Operators.get("MatMul"),
            List.of("x", "onnx::MatMul_787"),
            List.of("y"),
            dev.graft.graph.Attributes.NONE);
    g.node(node);
    Graph graph = g.output(g.value("y")).build();
    assertEquals(
        "encoder.layer.0.query.weight", Parameters.of(graph).get("onnx::MatMul_787").path());
    assertEquals(x.type(), graph.type("x"));
  }

  @Test
  void anAnonymousWeightWithoutScopeIsNamedAfterTheBiasAddedNext() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", SmallNetworks.batchOf(4));
    Value y = x.matmul(g.parameter("val_68", SmallNetworks.floats(4, 4)));
    Value z = y.add(g.parameter("layer.0.query.bias", SmallNetworks.floats(4)));
    Graph graph = g.output(z).build();
    assertEquals("layer.0.query.weight", Parameters.of(graph).get("val_68").path());
  }

  @Test
  void aSharedParameterIsKnownAsTied() {
    GraphBuilder g = new GraphBuilder();
    Value w = g.parameter("w", SmallNetworks.floats(4, 4));
    Value x = g.input("x", SmallNetworks.batchOf(4));
    Graph graph = g.output(x.matmul(w).matmul(w.transpose(1, 0))).build();
    assertTrue(Parameters.of(graph).get("w").isTied());
    assertFalse(parameters.get("fc.weight").isTied());
  }

  @Test
  void freshValuesMakeNormsTheIdentity() {
    ParameterStore fresh = Initialization.all(network, new Seed(1));
    assertEquals(1.0, fresh.get("bn1.weight").getDouble(0));
    assertEquals(0.0, fresh.get("bn1.running_mean").getDouble(0));
    assertEquals(1.0, fresh.get("bn1.running_var").getDouble(0));
    assertEquals(0.0, fresh.get("conv2.bias").getDouble(0));
  }

  @Test
  void freshConvolutionsHaveTheVarianceOfHe() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", SmallNetworks.batchOf(32, 8, 8));
    Graph graph = g.output(SmallNetworks.conv(g, x, "c", 32, 64, false)).build();
    double[] w = Initialization.all(graph, new Seed(7)).get("c.weight").toDoubles();
    double variance = Arrays.stream(w).map(v -> v * v).average().orElseThrow();
    assertEquals(2.0 / (32 * 9), variance, 0.05 * 2.0 / (32 * 9));
  }

  @Test
  void freshValuesDependOnSeedAndNameOnly() {
    HostTensor once = Initialization.all(network, new Seed(3)).get("fc.weight");
    ParameterStore alone = Initialization.of(network, List.of("fc.weight"), new Seed(3));
    assertEquals(once, alone.get("fc.weight"));
    assertFalse(once.equals(Initialization.all(network, new Seed(4)).get("fc.weight")));
  }

  @Test
  void lostNormalizationIsPutBackBehindBiasedConvolutions() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", SmallNetworks.batchOf(3, 8, 8));
    Value a = g.op("Relu", SmallNetworks.conv(g, x, "a", 3, 4, true));
    Value b = g.op("Relu", SmallNetworks.conv(g, a, "b", 4, 4, true));
    Graph folded = g.output(b, "y").build();
    List<String> candidates = NormalizationRestoration.candidates(folded);
    assertEquals(2, candidates.size());
    Graph restored = NormalizationRestoration.restore(folded, candidates);
    assertEquals(
        2,
        restored.nodes().stream()
            .filter(n -> n.operator().name().equals("BatchNormalization"))
            .count());
    assertTrue(restored.has("a.weight.norm.scale"));
    assertEquals(List.of(), NormalizationRestoration.candidates(restored));
  }
}
