package dev.graft.strategies.inductive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.TensorPreprocessing;
import dev.graft.graph.Role;
import dev.graft.graph.edit.Heads;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.strategies.Graft;
import dev.graft.strategies.Toys;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Prediction;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.Strategies;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrategiesTest {
  private static final Seed SEED = new Seed(11);
  private static final TrainingSettings QUICK =
      TrainingSettings.DEFAULT.withEpochs(25).withBatchSize(8).schedule(s -> s.withRate(0.03));

  private final Labeled<ClassLabels> train = Toys.clouds(3, 12, 0.35, SEED);
  private final Labeled<ClassLabels> validation = Toys.clouds(3, 10, 0.35, new Seed(12));
  private Graft graft;

  @BeforeEach
  void open() {
    graft = Toys.open(QUICK);
  }

  @AfterEach
  void close() {
    graft.close();
  }

  private static PretrainedModel pretrained(GraphModel model, List<String> classes) {
    return new PretrainedModel(
        "toy",
        model,
        new TensorPreprocessing(Toys.INPUT, List.of(Toys.WIDTH), dev.graft.data.PixelScaling.NONE),
        new Provenance(
            "toy", model.fingerprint(), Optional.of("clouds"), classes, java.util.Map.of()));
  }

  private static PretrainedModel pretrained() {
    return pretrained(Toys.normalised(7, SEED), List.of());
  }

  private double accuracy(TransferredModel model) {
    return graft.evaluate(model, validation).metric("accuracy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"feature-extraction", "fine-tuning", "from-scratch"})
  void solvesAnEasyTask(String strategy) {
    TransferredModel model = graft.transfer(pretrained()).with(strategy).fit(train);
    assertTrue(accuracy(model) > 0.9, () -> strategy + " reached " + accuracy(model));
    assertEquals(strategy, model.summary().strategy());
    assertEquals(List.of(TransferredModel.LOGITS), model.model().graph().outputs());
    assertEquals(strategy, model.provenance().history().get("strategy"));
  }

  @Test
  void predictsWithProbabilities() {
    TransferredModel model = graft.transfer(pretrained()).with("feature-extraction").fit(train);
    try (Predictor predictor = graft.predictor(model)) {
      Prediction.OneClass p = (Prediction.OneClass) predictor.predict(train.examples().sample(1));
      assertEquals("class1", p.label());
      assertEquals(1, p.probabilities().values().stream().mapToDouble(v -> v).sum(), 1e-9);
      assertEquals(p.probabilities().get("class1"), p.probability(), 0);
    }
  }

  @Test
  void featureExtractionLeavesTheBackboneAlone() {
    PretrainedModel toy = pretrained();
    TransferredModel model = graft.transfer(toy).with("feature-extraction").fit(train, validation);
    for (String name : model.model().parameters().names()) {
      if (!name.equals(Heads.WEIGHT) && !name.equals(Heads.BIAS)) {
        assertEquals(toy.model().parameters().get(name), model.model().parameters().get(name));
      }
    }
    // 8 hidden units and a bias for 3 classes; below them 4 * 8 weights, 8 biases, scale and shift.
    assertEquals(27, model.summary().trainable());
    assertEquals(56, model.summary().frozen());
    assertEquals(accuracy(model), model.metrics().get("validation/accuracy"), 1e-12);
  }

  @Test
  void fineTuningMovesTheBackboneUnlessItIsFrozen() {
    PretrainedModel toy = pretrained();
    TransferredModel all = graft.transfer(toy).fit(train);
    assertNotEquals(toy.model().parameters().get("w1"), all.model().parameters().get("w1"));
    assertEquals(toy.model().parameters().get("mean"), all.model().parameters().get("mean"));
    TrainingSettings frozen = QUICK.tuning(t -> t.withFreezeLayers(1));
    TransferredModel some = graft.transfer(toy).with(frozen).fit(train);
    for (String name : List.of("w1", "b1", "scale", "shift", "mean", "var")) {
      assertEquals(toy.model().parameters().get(name), some.model().parameters().get(name), name);
    }
    TrainingSettings pattern = QUICK.tuning(t -> t.withFreeze("w1", "s*"));
    TransferredModel rest = graft.transfer(toy).with(pattern).fit(train);
    assertEquals(toy.model().parameters().get("w1"), rest.model().parameters().get("w1"));
    assertNotEquals(toy.model().parameters().get("b1"), rest.model().parameters().get("b1"));
  }

  @Test
  void fromScratchSharesNothingWithThePretrainedNetwork() {
    PretrainedModel toy = pretrained();
    TransferredModel model = graft.transfer(toy).with("from-scratch").fit(train);
    assertNotEquals(toy.model().parameters().get("w1"), model.model().parameters().get("w1"));
    assertEquals(0, model.summary().frozen());
  }

  @Test
  void tellsOfClassesThatThePretrainingKnew() {
    PretrainedModel toy = pretrained(Toys.normalised(7, SEED), List.of("class1", "zebra"));
    TransferredModel model = graft.transfer(toy).with("feature-extraction").fit(train);
    assertTrue(model.summary().toString().contains("'class1' is 'class1'"));
  }

  @Test
  void tellsOfExamplesInBothParts() {
    TransferredModel model =
        graft.transfer(pretrained()).with("feature-extraction").fit(train, train);
    assertTrue(
        model.summary().notes().get(0).startsWith("36 validation examples are in the training"));
  }

  @Test
  void cutsWhereItIsTold() {
    PretrainedModel dense = pretrained(Toys.dense(7, SEED), List.of());
    TransferredModel model =
        graft.transfer(dense).with("feature-extraction").cutAt("scores").fit(train);
    assertEquals("scores", model.summary().cut());
    assertTrue(model.model().graph().input("w2").isPresent());
    assertEquals(6, model.model().graph().inputs(Role.STATE).size());
  }

  @Test
  void partsWithDifferentClassesAreRefused() {
    Labeled<ClassLabels> other = Toys.clouds(2, 5, 0.5, SEED);
    assertThrows(
        DataException.class,
        () -> graft.transfer(pretrained()).with("feature-extraction").fit(train, other));
  }

  @Test
  void unknownStrategyNamesTheKnownOnes() {
    StrategyException e =
        assertThrows(
            StrategyException.class,
            () -> Strategies.discover().get("fine-tunning", Inductive.class));
    List<String> known = new ArrayList<>(Strategies.discover().names(Inductive.class));
    known.forEach(n -> assertTrue(e.getMessage().contains("'" + n + "'"), e.getMessage()));
    assertTrue(
        known.containsAll(List.of("feature-extraction", "fine-tuning", "from-scratch")),
        known.toString());
  }
}
