package dev.graft.benchmarks.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Role;
import dev.graft.model.GraphModel;
import dev.graft.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworksTest {
  private static long elementsBelowHead(GraphModel model) {
    return model.parameters().filter(n -> !n.startsWith(Networks.HEAD)).elements();
  }

  @Test
  void mobileNetHasAsManyParametersAsKerasCounts() {
    assertEquals(410_208, elementsBelowHead(Workload.MOBILENETV2.model()));
  }

  @Test
  void resNetHasThePublishedSize() {
    // 270 thousand parameters (He et al. 2016, table 6), projections and running statistics on top.
    long elements = elementsBelowHead(Workload.RESNET20.model());
    assertTrue(elements > 270_000 && elements < 280_000, "it has " + elements);
  }

  @Test
  void transformerHasMiniLmsSize() {
    // 22.7 million, less what MiniLM's longer position table, token types and pooler hold.
    long elements = elementsBelowHead(Workload.MINILM.model());
    assertTrue(elements > 22_000_000 && elements < 22_700_000, "it has " + elements);
  }

  @ParameterizedTest
  @EnumSource(Workload.class)
  void everyNetworkGivesTenLogitsPerExample(Workload workload) {
    GraphModel model = workload.model();
    TensorType out = model.graph().type(Networks.OUTPUT);
    assertEquals(2, out.rank());
    assertTrue(out.shape().dim(1).is(10));
    assertEquals(
        model.graph().inputs(Role.BATCH).get(0).type().shape().dim(0),
        out.shape().dim(0),
        "the batch stays symbolic");
  }

  @Test
  void onlyTheHeadIsTrainableInAFrozenStep() {
    GraphModel model = Workload.RESNET20.model();
    assertEquals(2, Workload.trainable(model, true).size());
    assertTrue(Workload.trainable(model, false).size() > 60);
  }
}
