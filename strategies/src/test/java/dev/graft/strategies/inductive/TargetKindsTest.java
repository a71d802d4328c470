package dev.graft.strategies.inductive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.MultiLabelTargets;
import dev.graft.data.RegressionTargets;
import dev.graft.model.PretrainedModel;
import dev.graft.random.Seed;
import dev.graft.strategies.Graft;
import dev.graft.strategies.Toys;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.Output;
import dev.graft.transfer.Prediction;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.TransferredModel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetKindsTest {
  private static final Seed SEED = new Seed(31);
  private static final TrainingSettings QUICK =
      TrainingSettings.DEFAULT
          .withEpochs(40)
          .withBatchSize(8)
          .schedule(s -> s.withRate(0.03))
          .stopping(s -> s.withPatience(0));

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

  private static HostTensor rows(int n, Seed seed) {
    return HostTensor.fromDoubles(
        TensorType.of(DType.FLOAT32, n, Toys.WIDTH), i -> seed.gaussian(i));
  }

  /** A price that depends on the features, in units of thousands, far from zero. */
  private static Labeled<RegressionTargets> prices(int n, Seed seed) {
    HostTensor x = rows(n, seed);
    float[] prices = new float[n];
    for (int i = 0; i < n; i++) {
      double v = x.getDouble(4 * i) - 0.5 * x.getDouble(4 * i + 1) + 0.05 * seed.gaussian(1000 + i);
      prices[i] = (float) (50_000 + 8_000 * v);
    }
    return new Labeled<>(new Toys.Rows(x), RegressionTargets.of("price", prices));
  }

  @ParameterizedTest
  @ValueSource(strings = {"feature-extraction", "fine-tuning", "from-scratch"})
  void numbersArePredictedInTheirOwnUnits(String strategy) {
    TransferredModel model = graft.transfer(pretrained()).with(strategy).fit(prices(60, SEED));
    assertEquals(new Output.Numbers(List.of("price")), model.output());
    Labeled<RegressionTargets> test = prices(30, new Seed(32));
    double squares = 0;
    try (Predictor predictor = graft.predictor(model)) {
      for (int i = 0; i < test.size(); i++) {
        Prediction.Numbers p = (Prediction.Numbers) predictor.predict(test.examples().sample(i));
        squares += Math.pow(p.numbers().get("price") - test.targets().values()[i][0], 2);
      }
    }
    double error = Math.sqrt(squares / test.size());
    assertTrue(error < 5_500, () -> strategy + " is wrong by " + error + " of a spread of 8900");
  }

  @Test
  void huberIsNotMovedByOneWildTarget() {
    Labeled<RegressionTargets> clean = prices(60, SEED);
    float[][] values =
        Arrays.stream(clean.targets().values()).map(float[]::clone).toArray(float[][]::new);
    values[7][0] = 3_000_000;
    Labeled<RegressionTargets> wild =
        new Labeled<>(clean.examples(), new RegressionTargets(List.of("price"), values));
    TrainingSettings squares = QUICK.stopping(t -> t.withValidationFraction(0));
    TrainingSettings robust = squares.regularization(r -> r.withHuber(0.01));
    double squared = mistake(graft.transfer(pretrained()).with(squares).fit(wild));
    double huber = mistake(graft.transfer(pretrained()).with(robust).fit(wild));
    assertTrue(huber < squared, () -> huber + " against " + squared);
  }

  private double mistake(TransferredModel model) {
    Labeled<RegressionTargets> test = prices(30, new Seed(32));
    double sum = 0;
    try (Predictor predictor = graft.predictor(model)) {
      for (int i = 0; i < test.size(); i++) {
        Prediction.Numbers p = (Prediction.Numbers) predictor.predict(test.examples().sample(i));
        sum += Math.abs(p.numbers().get("price") - test.targets().values()[i][0]) / test.size();
      }
    }
    return sum;
  }

  private static Labeled<MultiLabelTargets> signs(int n, Seed seed) {
    HostTensor x = rows(n, seed);
    boolean[][] present = new boolean[n][2];
    for (int i = 0; i < n; i++) {
      present[i][0] = x.getDouble(4 * i) > 0;
      present[i][1] = x.getDouble(4 * i + 1) > 0.3;
    }
    return new Labeled<>(
        new Toys.Rows(x), new MultiLabelTargets(List.of("right", "high"), present));
  }

  @ParameterizedTest
  @ValueSource(strings = {"feature-extraction", "fine-tuning", "from-scratch"})
  void anExampleMayHaveSeveralLabelsOrNone(String strategy) {
    TransferredModel model = graft.transfer(pretrained()).with(strategy).fit(signs(80, SEED));
    Labeled<MultiLabelTargets> test = signs(40, new Seed(33));
    int right = 0;
    try (Predictor predictor = graft.predictor(model)) {
      for (int i = 0; i < test.size(); i++) {
        Prediction.LabelSet p = (Prediction.LabelSet) predictor.predict(test.examples().sample(i));
        right += p.labels().contains("right") == test.targets().present()[i][0] ? 1 : 0;
        right += p.labels().contains("high") == test.targets().present()[i][1] ? 1 : 0;
      }
    }
    int found = right;
    assertTrue(found > 64, () -> strategy + " got " + found + " of 80 answers right");
  }

  @Test
  void anotherKindOfTargetsInTheValidationPartIsRefused() {
    DataException e =
        assertThrows(
            DataException.class,
            () -> graft.transfer(pretrained()).fit(prices(10, SEED), signs(10, SEED)));
    assertTrue(e.getMessage().contains("RegressionTargets"), e.getMessage());
  }
}
