package dev.graft.strategies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.PixelScaling;
import dev.graft.data.TensorPreprocessing;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelRankingTest {
  private static PretrainedModel network(String name, GraphModel model) {
    return new PretrainedModel(
        name,
        model,
        new TensorPreprocessing(Toys.INPUT, List.of(Toys.WIDTH), PixelScaling.NONE),
        Provenance.of(name, model.fingerprint()));
  }

  @Test
  void aNetworkThatSeesTheDifferenceIsPreferredToABlindOne() {
    GraphModel seeing = Toys.dense(5, new Seed(1));
    HostTensor weight = seeing.parameters().get("w1");
    GraphModel blind =
        new GraphModel(
            seeing.graph(), seeing.parameters().with("w1", HostTensor.full(weight.type(), 0)));
    Labeled<ClassLabels> data = Toys.clouds(4, 20, 0.4, new Seed(2));
    try (Graft graft =
        Graft.open(b -> b.bind(BackendChoice.class).toInstance(BackendChoice.of("reference")))) {
      ModelRanking ranking =
          graft.rank(List.of(network("blind", blind), network("seeing", seeing)), data, 60);
      assertEquals("seeing", ranking.recommended());
      assertTrue(ranking.certainty() > 0.95, () -> "certainty " + ranking.certainty());
      assertTrue(ranking.examples() <= 60 && ranking.examples() > 50);
      // The toy ends in scores of five classes of its own, so every score is there.
      assertEquals(
          Set.of("logme", "h-score", "leep", "nce", "linear-probe"),
          ranking.models().get("seeing").keySet());
      for (String score : ranking.models().get("seeing").keySet()) {
        assertEquals("seeing", ranking.order(score).get(0), score);
      }
    }
  }

  @Test
  void twoThatAreTheSameLeaveTheChoiceOpen() {
    GraphModel model = Toys.dense(5, new Seed(1));
    Labeled<ClassLabels> data = Toys.clouds(4, 20, 1.5, new Seed(2));
    try (Graft graft =
        Graft.open(b -> b.bind(BackendChoice.class).toInstance(BackendChoice.of("reference")))) {
      ModelRanking ranking =
          graft.rank(
              List.of(network("one", Toys.dense(5, new Seed(7))), network("other", model)),
              data,
              600);
      assertTrue(ranking.certainty() < 1, () -> "certainty " + ranking.certainty());
    }
  }
}
