package dev.graft.strategies.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.graph.ParameterStore;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.strategies.Toys;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Augmentation;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.CrossEntropy;
import dev.graft.train.Optimizer;
import dev.graft.train.ParameterGroup;
import dev.graft.train.Progress;
import dev.graft.train.Schedule.Shape;
import dev.graft.train.TensorExamples;
import dev.graft.train.TrainingContext;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingPlan.Part;
import dev.graft.train.TrainingResult;
import dev.graft.train.TrainingResult.Ending;
import dev.graft.train.TrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step does beside the optimizer: accumulated gradients, averages, pulls, late groups. */
class StepStateTest {
  private static final Seed SEED = new Seed(7);
  private static final Set<String> LOWER = Set.of("w1", "b1");
  private static final Set<String> UPPER = Set.of("w2", "b2");
  private static final double RATE = 0.05;

  /** Plain gradient descent, whose steps can be computed by hand. */
  private static final TrainingSettings PLAIN =
      TrainingSettings.DEFAULT
          .withEpochs(1)
          .withBatchSize(12)
          .schedule(s -> s.withRate(RATE).withShape(Shape.CONSTANT).withWarmUp(0))
          .optimization(
              o -> o.withRule(Optimizer.SGD).withMomentum(0).withNesterov(false).withClipNorm(0))
          .regularization(r -> r.withWeightDecay(0))
          .stopping(s -> s.withPatience(0));

  private final GradientTrainer trainer = new GradientTrainer();
  private final Labeled<ClassLabels> data = Toys.clouds(3, 8, 0.5, SEED);
  private Backend backend;

  @BeforeEach
  void openBackend() {
    backend = Backends.discover().get("reference").open(Device.CPU, BackendOptions.DEFAULT);
  }

  @AfterEach
  void closeBackend() {
    backend.close();
  }

  private Part part() {
    HostTensor rows = ((Toys.Rows) data.examples()).values();
    return new Part(new TensorExamples(Toys.INPUT, rows), data.targets());
  }

  private TrainingPlan plan(GraphModel model, TrainingSettings settings, ParameterGroup... groups) {
    return new TrainingPlan(
        model,
        CrossEntropy.of(3),
        List.of(groups),
        BatchNormPolicy.FROZEN_STATISTICS,
        settings,
        part(),
        Optional.empty());
  }

  private ParameterStore train(TrainingSettings settings, ParameterGroup... groups) {
    TrainingPlan plan = plan(Toys.dense(3, SEED), settings, groups);
    return trainer.train(plan, TrainingContext.of(backend, SEED)).model().parameters();
  }

  private static ParameterGroup pretrained(int firstEpoch) {
    return new ParameterGroup("lower", LOWER, 1, true, false, firstEpoch);
  }

  private static final ParameterGroup HEAD = new ParameterGroup("head", UPPER, 1);

  private static void assertClose(HostTensor expected, HostTensor actual, double tolerance) {
    double[] e = expected.toDoubles();
    double[] a = actual.toDoubles();
    for (int i = 0; i < e.length; i++) {
      assertEquals(e[i], a[i], tolerance);
    }
  }

  @Test
  void accumulatedBatchesMakeTheStepOfOneLargeBatch() {
    TrainingSettings large = PLAIN.withBatchSize(24).optimization(o -> o.withClipNorm(0.1));
    // Five batches of 5, the last of which is one short.
    TrainingSettings small = large.withBatchSize(5).optimization(o -> o.withAccumulation(5));
    ParameterStore expected = train(large, pretrained(0), HEAD);
    ParameterStore actual = train(small, pretrained(0), HEAD);
    for (String name : List.of("w1", "b1", "w2", "b2")) {
      assertClose(expected.get(name), actual.get(name), 1e-6);
    }
  }

  @Test
  void theAverageOverTheStepsIsKept() {
    TrainingSettings averaged = PLAIN.optimization(o -> o.withAveraging(0.5));
    GraphModel start = Toys.dense(3, SEED);
    ParameterStore first = train(PLAIN.withBatchSize(24), pretrained(0), HEAD);
    // One step: half of the start and half of what it leads to.
    ParameterStore kept = train(averaged.withBatchSize(24), pretrained(0), HEAD);
    double[] a = start.parameters().get("w2").toDoubles();
    double[] b = first.get("w2").toDoubles();
    double[] c = kept.get("w2").toDoubles();
    for (int i = 0; i < a.length; i++) {
      assertEquals((a[i] + b[i]) / 2, c[i], 1e-6);
    }
    assertNotEquals(kept.get("w2"), first.get("w2"));
  }

  @Test
  void theAverageIsWhatIsValidated() {
    TrainingSettings averaged =
        PLAIN.withEpochs(20).schedule(s -> s.withRate(0.3)).optimization(o -> o.withAveraging(0.9));
    TrainingPlan plan = plan(Toys.dense(3, SEED), averaged, pretrained(0), HEAD);
    TrainingPlan validated =
        new TrainingPlan(
            plan.model(),
            plan.objective(),
            plan.groups(),
            plan.batchNorm(),
            plan.settings(),
            plan.train(),
            Optional.of(part()));
    TrainingResult result = trainer.train(validated, TrainingContext.of(backend, SEED));
    double said = result.epochs().get(result.bestEpoch() - 1).validationLoss().orElseThrow();
    TrainingPlan again = plan(result.model(), PLAIN, pretrained(0), HEAD);
    try (TrainingPrograms programs = new TrainingPrograms(again, backend)) {
      TrainingLoop loop = new TrainingLoop(again, TrainingContext.of(backend, SEED), programs);
      assertEquals(loop.validate(part(), 0).loss(), said, 1e-6);
    }
  }

  @Test
  void decayTowardsTheStartPullsPretrainedParametersByTheirDistance() {
    double pull = 0.7;
    TrainingSettings pulled = PLAIN.regularization(r -> r.withStartDecay(pull));
    // In the first of two steps nothing is away from the start yet.
    TrainingSettings one = PLAIN.withBatchSize(24);
    TrainingSettings two = one.withEpochs(2);
    double[] start = Toys.dense(3, SEED).parameters().get("w1").toDoubles();
    double[] first = train(one, pretrained(0), HEAD).get("w1").toDoubles();
    ParameterStore free = train(two, pretrained(0), HEAD);
    ParameterStore held = train(pulled.withBatchSize(24).withEpochs(2), pretrained(0), HEAD);
    double[] f = free.get("w1").toDoubles();
    double[] h = held.get("w1").toDoubles();
    for (int i = 0; i < f.length; i++) {
      assertEquals(f[i] - RATE * pull * (first[i] - start[i]), h[i], 1e-6);
    }
    assertEquals(free.get("w2"), held.get("w2"));
  }

  @Test
  void adamPullsTowardsTheStartBesideItsMoments() {
    TrainingSettings adam =
        PLAIN.withBatchSize(24).withEpochs(2).optimization(o -> o.withRule(Optimizer.ADAMW));
    TrainingSettings held = adam.regularization(r -> r.withStartDecay(0.7));
    double[] start = Toys.dense(3, SEED).parameters().get("w1").toDoubles();
    double[] first = train(adam.withEpochs(1), pretrained(0), HEAD).get("w1").toDoubles();
    double[] f = train(adam, pretrained(0), HEAD).get("w1").toDoubles();
    double[] h = train(held, pretrained(0), HEAD).get("w1").toDoubles();
    for (int i = 0; i < f.length; i++) {
      assertEquals(f[i] - RATE * 0.7 * (first[i] - start[i]), h[i], 1e-6);
    }
  }

  @Test
  void relativeRatesMoveEveryParameterByItsOwnSize() {
    TrainingSettings adam =
        PLAIN
            .withBatchSize(24)
            .schedule(s -> s.withRate(1e-3))
            .optimization(o -> o.withRule(Optimizer.ADAMW));
    ParameterStore start = Toys.dense(3, SEED).parameters();
    ParameterStore moved =
        train(adam, new ParameterGroup("lower", Set.of("w1"), 1, true, true, 0), HEAD);
    double[] before = start.get("w1").toDoubles();
    double[] after = moved.get("w1").toDoubles();
    double squares = 0;
    double most = 0;
    for (int i = 0; i < before.length; i++) {
      squares += before[i] * before[i] / before.length;
      most = Math.max(most, Math.abs(after[i] - before[i]));
    }
    // Adam's first step is the rate in every direction that has a gradient.
    assertEquals(1e-3 * Math.sqrt(squares), most, 1e-5);
  }

  @Test
  void aLateGroupStaysUntilItsEpoch() {
    GraphModel start = Toys.dense(3, SEED);
    ParameterStore two = train(PLAIN.withEpochs(2), pretrained(2), HEAD);
    ParameterStore three = train(PLAIN.withEpochs(3), pretrained(2), HEAD);
    assertEquals(start.parameters().get("w1"), two.get("w1"));
    assertNotEquals(start.parameters().get("w2"), two.get("w2"));
    assertNotEquals(start.parameters().get("w1"), three.get("w1"));
  }

  @Test
  void everyStateSurvivesAnInterruption(@TempDir Path folder) {
    TrainingSettings everything =
        TrainingSettings.DEFAULT
            .withEpochs(6)
            .withBatchSize(5)
            .schedule(s -> s.withRate(0.02).withShape(Shape.ONE_CYCLE))
            .optimization(o -> o.withAccumulation(2).withAveraging(0.8))
            .regularization(r -> r.withStartDecay(0.1))
            .with(new Augmentation(false, 0, 0, 0, 0, 0.4));
    TrainingPlan plan = plan(Toys.dense(3, SEED), everything, pretrained(2), HEAD);
    TrainingResult whole = trainer.train(plan, TrainingContext.of(backend, SEED));
    Path file = folder.resolve("run.checkpoint");
    // Three steps an epoch: in the middle of the second and of the fourth.
    for (int steps : List.of(5, 7)) {
      AtomicInteger asked = new AtomicInteger();
      TrainingContext killed =
          new TrainingContext(
              backend,
              SEED,
              Progress.SILENT,
              () -> asked.incrementAndGet() > steps,
              Optional.of(file));
      assertEquals(Ending.CANCELLED, trainer.train(plan, killed).ending());
    }
    TrainingContext resumed =
        new TrainingContext(backend, SEED, Progress.SILENT, () -> false, Optional.of(file));
    TrainingResult result = trainer.train(plan, resumed);
    assertEquals(whole.epochs(), result.epochs());
    assertEquals(whole.model().parameters().asMap(), result.model().parameters().asMap());
  }

  @Test
  void theRangeTestFindsARateThatTrainsAndMovesNothing() {
    GraphModel start = Toys.dense(3, SEED);
    TrainingPlan plan = plan(start, PLAIN, pretrained(0), HEAD);
    RateFinder finder = new RateFinder();
    TrainingResult result = finder.train(plan, TrainingContext.of(backend, SEED));
    assertEquals(start.parameters().asMap(), result.model().parameters().asMap());
    RateCurve curve = finder.curve().orElseThrow();
    assertTrue(curve.rates().size() > 50, () -> curve.toString());
    double found = curve.suggestion();
    assertTrue(found > 1e-3 && found <= 1, () -> "found " + found);
    TrainingSettings used = PLAIN.withEpochs(10).schedule(s -> s.withRate(found));
    List<TrainingResult.Epoch> epochs =
        trainer
            .train(plan(start, used, pretrained(0), HEAD), TrainingContext.of(backend, SEED))
            .epochs();
    assertTrue(epochs.get(9).trainLoss() < 0.5 * epochs.get(0).trainLoss(), epochs::toString);
  }
}
