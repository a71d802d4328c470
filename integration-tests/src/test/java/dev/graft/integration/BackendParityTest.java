package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.benchmarks.digits.OpticalDigits;
import dev.graft.data.ClassLabels;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.Labeled;
import dev.graft.data.Splits;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.model.PretrainedModel;
import dev.graft.random.Seed;
import dev.graft.strategies.BackendChoice;
import dev.graft.strategies.Graft;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same job with the same seed, on every engine: the same losses, and models as good. */
class BackendParityTest {
  private static final List<String> ENGINES = List.of("onnx", "djl", "tensorflow");
  private static final int STEPS = 20;
  private static final double LOSS_TOLERANCE = 1e-3;
  private static final double ONE_POINT = 0.01;

  @TempDir Path folder;

  /**
   * What is trained, and on what.
   *
   * @param batch the examples of the twenty steps
   */
  private record Job(
      PretrainedModel network,
      String strategy,
      Labeled<ClassLabels> batch,
      Labeled<ClassLabels> train,
      Labeled<ClassLabels> test,
      TrainingSettings settings) {}

  @Test
  void digitsFromScratch() {
    Labeled<ClassLabels> pool = OpticalDigits.pool();
    check(
        new Job(
            SmallNetwork.pretrained(),
            "from-scratch",
            first(pool, 32),
            pool,
            OpticalDigits.test(),
            TrainingSettings.DEFAULT.withEpochs(6).schedule(s -> s.withRate(2e-3))));
  }

  @Test
  void resNet20FineTunedToTenOtherClasses() throws IOException {
    Labeled<ClassLabels> all =
        Datasets.open(
                Hymenoptera.shared("data/cifar100_subset/cifar100_train5000.bin.gz"),
                DataOptions.DEFAULTS)
            .data();
    Labeled<ClassLabels> ten = tenClasses(all);
    List<int[]> halves = Splits.stratified(ten.targets(), new Seed(1), 0.5, 0.5);
    Labeled<ClassLabels> train = ten.subset(halves.get(0));
    try (Graft graft = Graft.open()) {
      PretrainedModel network =
          graft.load(
              Hymenoptera.shared("data/pretrained_cifar10_onnx/resnet20_cifar10.onnx"),
              ImagePreprocessing.imagenet(32).withResize(32));
      check(
          new Job(
              network,
              "fine-tuning",
              first(train, 32),
              train,
              ten.subset(halves.get(1)),
              TrainingSettings.DEFAULT.withEpochs(2)));
    }
  }

  @Test
  void mobileNetV2FineTunedToAntsAndBees() throws IOException {
    Path photographs = Hymenoptera.photographs(folder);
    Labeled<ClassLabels> train =
        Datasets.open(photographs.resolve("train"), DataOptions.DEFAULTS).data();
    Labeled<ClassLabels> test =
        Datasets.open(photographs.resolve("val"), DataOptions.DEFAULTS).data();
    Labeled<ClassLabels> some =
        train.subset(Splits.stratified(train.targets(), new Seed(2), 0.35, 0.65).get(0));
    try (Graft graft = Graft.open()) {
      check(
          new Job(
              Hymenoptera.network(graft, "mobilenet_v2_0.35_224_notop.onnx", 224, "x/127.5-1"),
              "fine-tuning",
              first(some, 8),
              some,
              test,
              TrainingSettings.DEFAULT
                  .withEpochs(1)
                  .withBatchSize(16)
                  // Faster, twenty steps would leave nothing of the loss of eight examples.
                  .schedule(s -> s.withRate(5e-5))));
    }
  }

  private static Labeled<ClassLabels> first(Labeled<ClassLabels> data, int count) {
    int stride = data.size() / count;
    return data.subset(IntStream.range(0, count).map(i -> i * stride).toArray());
  }

  private static Labeled<ClassLabels> tenClasses(Labeled<ClassLabels> all) {
    int[] rows = IntStream.range(0, all.size()).filter(i -> all.targets().label(i) < 10).toArray();
    int[] labels = Arrays.stream(rows).map(all.targets()::label).toArray();
    return new Labeled<>(
        all.examples().subset(rows),
        new ClassLabels(all.targets().classes().subList(0, 10), labels));
  }

  private static void check(Job job) {
    Map<String, List<Double>> losses = new LinkedHashMap<>();
    Map<String, Double> accuracies = new LinkedHashMap<>();
    for (String engine : ENGINES) {
      losses.put(engine, losses(job, engine));
      accuracies.put(engine, accuracy(job, engine, 0));
    }
    List<Double> expected = losses.get(ENGINES.get(0));
    assertEquals(STEPS, expected.size());
    assertTrue(expected.get(STEPS - 1) < expected.get(0), "nothing was learned: " + expected);
    for (String engine : ENGINES) {
      double e = expected.get(STEPS - 1);
      double a = losses.get(engine).get(STEPS - 1);
      assertTrue(Math.abs(e - a) <= LOSS_TOLERANCE * e, engine + ": loss " + a + ", not " + e);
    }
    double difference = spread(accuracies.values());
    if (difference > ONE_POINT) {
      List<Double> seeds = new ArrayList<>();
      for (int seed = 0; seed < 3; seed++) {
        seeds.add(accuracy(job, ENGINES.get(0), seed));
      }
      assertTrue(
          difference <= spread(seeds), "accuracies " + accuracies + ", of seeds only " + seeds);
    }
  }

  private static double spread(Iterable<Double> values) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double v : values) {
      least = Math.min(least, v);
      most = Math.max(most, v);
    }
    return most - least;
  }

  /** The loss of every step where an epoch is one batch. */
  private static List<Double> losses(Job job, String engine) {
    List<Double> losses = new ArrayList<>();
    TrainingSettings whole =
        job.settings
            .withEpochs(STEPS)
            .withBatchSize(job.batch.size())
            // A head that fits a batch exactly would leave no loss to compare.
            .tuning(t -> t.withHeadFirst(false))
            .stopping(s -> s.withPatience(0).withValidationFraction(0));
    try (Graft graft = open(engine)) {
      graft
          .transfer(job.network)
          .with(job.strategy)
          .with(whole)
          .progress(
              event -> {
                if (event.metrics().containsKey("loss")) {
                  losses.add(event.metrics().get("loss"));
                }
              })
          .fit(job.batch);
    }
    return losses;
  }

  private static double accuracy(Job job, String engine, long seed) {
    TrainingSettings settings =
        job.settings.stopping(s -> s.withPatience(0).withValidationFraction(0));
    try (Graft graft = open(engine)) {
      TransferredModel model =
          graft.transfer(job.network).with(job.strategy).with(settings).seed(seed).fit(job.train);
      return graft.evaluate(model, job.test).metrics().get("accuracy");
    }
  }

  private static Graft open(String engine) {
    return Graft.open(
        binder -> binder.bind(BackendChoice.class).toInstance(BackendChoice.of(engine)));
  }
}
