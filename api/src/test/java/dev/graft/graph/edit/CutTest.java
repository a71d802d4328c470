package dev.graft.graph.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class CutTest {
  private final Graph network = SmallNetworks.residual();

  @Test
  void cutDropsTheParametersOfTheHead() {
    Graph backbone = Cut.at(network, "pooled");
    List<String> parameters = backbone.inputs(Role.STATE).stream().map(GraphInput::name).toList();
    assertFalse(parameters.contains("fc.weight"));
    assertTrue(parameters.contains("conv2.weight"));
    assertEquals(List.of("pooled"), backbone.outputs());
    assertEquals("[batch, 4]", backbone.type("pooled").shape().toString());
  }

  @Test
  void aMissingCutValueIsReportedWithCloseNames() {
    GraphException e = assertThrows(GraphException.class, () -> Cut.at(network, "poled"));
    assertTrue(e.getMessage().contains("'poled'"), e.getMessage());
    assertTrue(e.getMessage().contains("pooled"), e.getMessage());
  }

  @Test
  void theInputOfTheClassifierIsTheBestCutPoint() {
    CutPoint best = CutPoints.best(network);
    assertEquals(2, best.type().rank());
    assertEquals(7, best.parametersBelow());
    assertEquals("[batch, 4]", best.type().shape().toString());
  }

  @Test
  void noCutPointLiesInsideAResidualBlock() {
    List<String> points = CutPoints.bottlenecks(network);
    assertTrue(points.contains("stem"));
    assertTrue(points.contains("block"));
    // The convolution's own output runs beside the shortcut.
    String inner =
        network.nodes().stream()
            .filter(n -> n.inputs().contains("conv2.weight"))
            .findFirst()
            .orElseThrow()
            .outputs()
            .get(0);
    assertFalse(points.contains(inner));
  }

  @Test
  void aNewHeadTakesTheWidthOfTheFeatures() {
    Graph edited = Heads.append(Cut.at(network, "pooled"), Heads.linear(7), "logits");
    assertEquals("[batch, 7]", edited.type("logits").shape().toString());
    assertEquals("[7, 4]", edited.type(Heads.WEIGHT).shape().toString());
  }

  @Test
  void aHeadOnAFeatureMapPoolsItFirst() {
    Graph edited = Heads.append(Cut.at(network, "block"), Heads.linear(2), "logits");
    assertEquals("[batch, 2]", edited.type("logits").shape().toString());
  }

  @Test
  void anInsertedFragmentIsReadInPlaceOfTheValue() {
    Graph edited = Fragments.insertAfter(network, "stem", v -> v.mul(2));
    String conv2Input =
        edited.nodes().stream()
            .filter(n -> n.inputs().contains("conv2.weight"))
            .findFirst()
            .orElseThrow()
            .inputs()
            .get(0);
    assertEquals("Mul", edited.producer(conv2Input).orElseThrow().operator().name());
  }
}
