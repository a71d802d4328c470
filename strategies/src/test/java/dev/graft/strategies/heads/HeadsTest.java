package dev.graft.strategies.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.graph.edit.Heads;
import dev.graft.model.PretrainedModel;
import dev.graft.random.Seed;
import dev.graft.strategies.Graft;
import dev.graft.strategies.Toys;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferredModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadsTest {
  private static final Seed SEED = new Seed(41);
  private static final TrainingSettings QUICK =
      TrainingSettings.DEFAULT.withEpochs(25).withBatchSize(8).schedule(s -> s.withRate(0.03));

  private final Labeled<ClassLabels> train = Toys.clouds(3, 14, 0.35, SEED);
  private final Labeled<ClassLabels> test = Toys.clouds(3, 10, 0.35, new Seed(42));
  private Graft graft;

  @BeforeEach
  void open() {
    graft = Toys.open(QUICK);
  }

  @AfterEach
  void close() {
    graft.close();
  }

  private static PretrainedModel pretrained() {
    return Toys.pretrained(Toys.normalised(7, SEED));
  }

  private TransferredModel fit(String strategy, String head) {
    return graft.transfer(pretrained()).with(strategy).withHead(head).fit(train);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "mlp",
        "ridge",
        "tribuo:logistic",
        "tribuo:liblinear",
        "tribuo:knn",
        "tribuo:random-forest",
        "tribuo:xgboost"
      })
  void everyHeadSolvesAnEasyTask(String head) {
    TransferredModel model = fit("feature-extraction", head);
    double accuracy = graft.evaluate(model, test).metric("accuracy");
    assertTrue(accuracy > 0.85, () -> head + " reached " + accuracy);
    assertEquals(head, model.provenance().history().get("head"));
    try (Predictor predictor = graft.predictor(model)) {
      assertEquals("class1", predictor.predict(train.examples().sample(1)).text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fine-tuning", "from-scratch"})
  void anMlpIsTrainedWithTheNetwork(String strategy) {
    TransferredModel model = fit(strategy, "mlp");
    assertTrue(model.model().parameters().has(Heads.HIDDEN_WEIGHT));
    assertTrue(graft.evaluate(model, test).metric("accuracy") > 0.9);
  }

  @Test
  void aHeadWithoutOnnxFormSaysSo() {
    TransferredModel model = fit("feature-extraction", "tribuo:knn");
    assertTrue(model.head().isPresent());
    assertTrue(model.summary().toString().contains("no ONNX form"), model.summary().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tribuo:logistic", "tribuo:liblinear"})
  void weightsBecomeALinearLayer(String head) {
    TransferredModel model = fit("feature-extraction", head);
    assertTrue(model.head().isEmpty());
    assertTrue(model.model().parameters().has(Heads.WEIGHT));
  }

  @Test
  void liblinearTellsTwoClassesApart() {
    Labeled<ClassLabels> two = Toys.clouds(2, 20, 0.35, SEED);
    TransferredModel model =
        graft
            .transfer(pretrained())
            .with("feature-extraction")
            .withHead("tribuo:liblinear")
            .fit(two);
    var evaluation = graft.evaluate(model, Toys.clouds(2, 20, 0.35, new Seed(42)));
    assertTrue(evaluation.metric("accuracy") > 0.9, evaluation.metrics().toString());
    assertTrue(evaluation.metric("log-loss") < 0.4, evaluation.metrics().toString());
  }

  @Test
  void aHeadThatIsFittedCannotBeFineTuned() {
    StrategyException e =
        assertThrows(StrategyException.class, () -> fit("fine-tuning", "tribuo:knn"));
    assertTrue(e.getMessage().contains("feature-extraction"), e.getMessage());
  }

  @Test
  void anUnknownHeadIsRefusedWithThoseThereAre() {
    StrategyException e =
        assertThrows(StrategyException.class, () -> fit("feature-extraction", "tribuo:svm"));
    assertTrue(e.getMessage().contains("tribuo:knn"), e.getMessage());
  }
}
