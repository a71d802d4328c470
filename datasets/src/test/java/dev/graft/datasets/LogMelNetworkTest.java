package dev.graft.datasets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.AudioSample;
import dev.graft.graph.edit.CutPoints;
import dev.graft.graph.edit.NormalizationRestoration;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.NamedModels;
import dev.graft.model.PretrainedModel;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LogMelNetworkTest {
  @Test
  void isFoundByNameAndTakesWhatItsFrontEndGives() throws IOException {
    PretrainedModel network = NamedModels.discover().get("log-mel-cnn").load();
    TensorType input = network.model().graph().type("input");
    var heard = network.preprocessing().apply(new AudioSample(new float[8000], 8000)).get("input");
    assertEquals(
        heard.shape().dims(), input.shape().dims().subList(1, 4), "a batch of what is heard");
  }

  @Test
  void hasNormalisationAndNoClassesOfItsOwn() throws IOException {
    PretrainedModel network = NamedModels.discover().get("log-mel-cnn").load();
    var graph = network.model().graph();
    assertEquals("features", CutPoints.best(graph).value());
    assertTrue(NormalizationRestoration.candidates(graph).isEmpty());
    long weights =
        Parameters.of(graph).trainable().stream()
            .mapToLong(p -> graph.type(p).shape().elements())
            .sum();
    assertEquals(97_394, weights);
  }
}
