package dev.graft.strategies.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Program;
import dev.graft.data.Batch;
import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.strategies.Toys;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.Cancellation;
import dev.graft.train.CrossEntropy;
import dev.graft.train.DivergedException;
import dev.graft.train.Optimizer;
import dev.graft.train.ParameterGroup;
import dev.graft.train.Progress;
import dev.graft.train.TensorExamples;
import dev.graft.train.TrainingContext;
import dev.graft.train.TrainingException;
import dev.graft.train.TrainingGraph;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingPlan.Part;
import dev.graft.train.TrainingResult;
import dev.graft.train.TrainingResult.Ending;
import dev.graft.train.TrainingSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GradientTrainerTest {
  private static final Seed SEED = new Seed(7);

  private final GradientTrainer trainer = new GradientTrainer();
  private Backend backend;

  @BeforeEach
  void openBackend() {
    backend = Backends.discover().get("reference").open(Device.CPU, BackendOptions.DEFAULT);
  }

  @AfterEach
  void closeBackend() {
    backend.close();
  }

  private static TrainingSettings settings() {
    return TrainingSettings.DEFAULT
        .withEpochs(30)
        .withBatchSize(8)
        .schedule(s -> s.withRate(0.02))
        .stopping(s -> s.withPatience(0));
  }

  private static Part part(Labeled<ClassLabels> data) {
    HostTensor rows = ((Toys.Rows) data.examples()).values();
    return new Part(new TensorExamples(Toys.INPUT, rows), data.targets());
  }

  private static TrainingPlan plan(
      GraphModel model, TrainingSettings settings, Part train, Optional<Part> validation) {
    Set<String> all = Parameters.of(model.graph()).trainable();
    return new TrainingPlan(
        model,
        CrossEntropy.of(3),
        List.of(new ParameterGroup("all", all, 1)),
        BatchNormPolicy.BATCH_STATISTICS,
        settings,
        train,
        validation);
  }

  private TrainingContext context() {
    return TrainingContext.of(backend, SEED);
  }

  private static double lastLoss(TrainingResult result) {
    return result.epochs().get(result.epochs().size() - 1).trainLoss();
  }

  @ParameterizedTest
  @EnumSource(Optimizer.class)
  void overfitsATinySet(Optimizer optimizer) {
    Part train = part(Toys.clouds(3, 7, 0.3, SEED));
    TrainingSettings settings =
        settings()
            .optimization(o -> o.withRule(optimizer))
            .schedule(s -> s.withRate(optimizer == Optimizer.SGD ? 0.1 : 0.05));
    TrainingResult result =
        trainer.train(plan(Toys.dense(3, SEED), settings, train, Optional.empty()), context());
    assertTrue(lastLoss(result) < 0.05, () -> "loss " + lastLoss(result));
    assertEquals(Ending.EPOCHS_DONE, result.ending());
    assertEquals(30, result.bestEpoch());
  }

  @Test
  void sameSeedGivesTheSameParameters() {
    Part train = part(Toys.clouds(3, 7, 0.5, SEED));
    TrainingPlan plan =
        plan(Toys.dense(3, SEED), settings().withEpochs(3), train, Optional.empty());
    ParameterStore first = trainer.train(plan, context()).model().parameters();
    ParameterStore again = trainer.train(plan, context()).model().parameters();
    ParameterStore other =
        trainer.train(plan, TrainingContext.of(backend, new Seed(8))).model().parameters();
    assertEquals(first.asMap(), again.asMap());
    assertNotEquals(first.asMap(), other.asMap());
  }

  @Test
  void earlyStoppingRestoresTheBestParameters() {
    Labeled<ClassLabels> data = Toys.clouds(3, 6, 0.5, SEED);
    // Validation labels that training moves away from after a while.
    Labeled<ClassLabels> noisy = Toys.clouds(3, 6, 2.5, new Seed(3));
    TrainingPlan plan =
        plan(
            Toys.dense(3, SEED),
            settings()
                .withEpochs(200)
                .stopping(s -> s.withPatience(3))
                .schedule(s -> s.withRate(0.05)),
            part(data),
            Optional.of(part(noisy)));
    TrainingResult result = trainer.train(plan, context());
    assertEquals(Ending.STOPPED_EARLY, result.ending());
    List<Double> errors =
        result.epochs().stream().map(e -> e.validationError().orElseThrow()).toList();
    double best = Collections.min(errors);
    // The first of the best epochs decides when to stop, the last of them is kept.
    int first =
        IntStream.range(0, errors.size()).filter(i -> same(errors.get(i), best)).min().orElse(-1);
    int last =
        IntStream.range(0, errors.size()).filter(i -> same(errors.get(i), best)).max().orElse(-1);
    assertEquals(first + 1 + 3, errors.size());
    assertEquals(last + 1, result.bestEpoch());
    // The restored parameters have the best error: it is where another run would begin.
    TrainingPlan again =
        plan(result.model(), settings().withEpochs(1), part(data), Optional.of(part(noisy)));
    try (TrainingPrograms programs = new TrainingPrograms(again, backend)) {
      TrainingLoop loop = new TrainingLoop(again, context(), programs);
      assertEquals(best, loop.validate(part(noisy), 0).error(), 1e-6);
    }
  }

  private static boolean same(double a, double b) {
    return Math.abs(a - b) < 1e-6;
  }

  @Test
  void anEpochIsBetterIfMoreExamplesComeOutRightWhateverTheLoss() {
    // Sure and wrong in one case costs more than unsure and wrong in two.
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 4, 2));
    g.output(x.mul(1), "scores");
    GraphModel model = new GraphModel(g.build(), ParameterStore.EMPTY);
    Graph graph =
        TrainingGraph.evaluation(
            model,
            Map.of("x", TensorType.of(DType.FLOAT32, 4, 2)),
            4,
            CrossEntropy.of(2),
            Set.of());
    ClassLabels labels = new ClassLabels(List.of("a", "b"), new int[] {0, 0, 1, 1});
    double[] sure = measured(graph, labels, 9, 0, 9, 0, 0, 9, 9, 0);
    double[] unsure = measured(graph, labels, 1, 0, 0, .1f, 0, 1, .1f, 0);
    assertTrue(sure[0] > unsure[0], "loss " + sure[0] + " and " + unsure[0]);
    assertEquals(0.25, sure[1], 1e-6);
    assertEquals(0.5, unsure[1], 1e-6);
  }

  /** Loss and error of four examples. */
  private double[] measured(Graph graph, ClassLabels labels, float... scores) {
    int[] all = {0, 1, 2, 3};
    Map<String, HostTensor> feeds = new HashMap<>();
    feeds.put("x", HostTensor.of(scores, 4, 2));
    feeds.putAll(CrossEntropy.of(2).feeds(labels, new Batch(all, feeds)));
    feeds.put(TrainingGraph.WEIGHTS, HostTensor.full(TensorType.of(DType.FLOAT32, 4), 0.25));
    try (Program program = backend.compile(graph, ParameterStore.EMPTY, CompileOptions.INFERENCE)) {
      Map<String, HostTensor> results = program.runToHost(feeds);
      return new double[] {
        results.get(TrainingGraph.LOSS).getDouble(0), results.get(TrainingGraph.ERROR).getDouble(0)
      };
    }
  }

  @Test
  void cancellationKeepsTheBestSoFar() {
    AtomicInteger asked = new AtomicInteger();
    Cancellation afterSomeSteps = () -> asked.incrementAndGet() > 8;
    TrainingContext context =
        new TrainingContext(backend, SEED, Progress.SILENT, afterSomeSteps, Optional.empty());
    Part train = part(Toys.clouds(3, 7, 0.5, SEED));
    GraphModel start = Toys.dense(3, SEED);
    TrainingResult result =
        trainer.train(plan(start, settings(), train, Optional.empty()), context);
    assertEquals(Ending.CANCELLED, result.ending());
    assertEquals(2, result.epochs().size());
    assertNotEquals(start.parameters().get("w1"), result.model().parameters().get("w1"));
  }

  @Test
  void divergenceNamesTheStepAndKeepsTheLastGoodParameters() {
    Labeled<ClassLabels> data = Toys.clouds(3, 8, 0.5, SEED);
    HostTensor rows = ((Toys.Rows) data.examples()).values();
    TrainingSettings wild =
        settings()
            .optimization(o -> o.withRule(Optimizer.SGD).withClipNorm(0))
            .schedule(s -> s.withRate(1e30));
    TrainingPlan plan =
        plan(
            Toys.dense(3, SEED),
            wild,
            new Part(new TensorExamples(Toys.INPUT, rows), data.targets()),
            Optional.of(part(data)));
    DivergedException e =
        assertThrows(DivergedException.class, () -> trainer.train(plan, context()));
    assertTrue(e.step() >= 2 && e.step() <= 4, () -> "step " + e.step());
    assertTrue(e.getMessage().contains("step " + e.step()), e.getMessage());
    for (HostTensor t : e.lastGood().parameters().asMap().values()) {
      for (double v : t.toDoubles()) {
        assertTrue(Double.isFinite(v));
      }
    }
  }

  @Test
  void resumedTrainingEqualsUninterrupted(@TempDir Path folder) {
    Part train = part(Toys.clouds(3, 7, 0.5, SEED));
    Part validation = part(Toys.clouds(3, 4, 0.5, new Seed(9)));
    TrainingPlan plan =
        plan(Toys.normalised(3, SEED), settings().withEpochs(6), train, Optional.of(validation));
    TrainingResult whole = trainer.train(plan, context());

    Path file = folder.resolve("deep/run.checkpoint");
    AtomicInteger asked = new AtomicInteger();
    // Three steps an epoch: this stops in the middle of the fourth.
    TrainingContext killed =
        new TrainingContext(
            backend, SEED, Progress.SILENT, () -> asked.incrementAndGet() > 10, Optional.of(file));
    assertEquals(Ending.CANCELLED, trainer.train(plan, killed).ending());
    assertTrue(Files.exists(file));

    AtomicInteger steps = new AtomicInteger();
    TrainingContext resumed =
        new TrainingContext(
            backend, SEED, Progress.SILENT, () -> steps.incrementAndGet() < 0, Optional.of(file));
    TrainingResult second = trainer.train(plan, resumed);
    assertEquals(9, steps.get());
    assertEquals(whole.epochs(), second.epochs());
    assertEquals(whole.bestEpoch(), second.bestEpoch());
    assertEquals(whole.model().parameters().asMap(), second.model().parameters().asMap());
  }

  @Test
  void checkpointOfAnotherRunIsRefused(@TempDir Path folder) {
    Part train = part(Toys.clouds(3, 7, 0.5, SEED));
    GraphModel model = Toys.dense(3, SEED);
    Path file = folder.resolve("run.checkpoint");
    TrainingContext context =
        new TrainingContext(backend, SEED, Progress.SILENT, Cancellation.NEVER, Optional.of(file));
    trainer.train(plan(model, settings().withEpochs(1), train, Optional.empty()), context);
    TrainingPlan other = plan(model, settings().withEpochs(2), train, Optional.empty());
    TrainingException e =
        assertThrows(TrainingException.class, () -> trainer.train(other, context));
    assertTrue(e.getMessage().contains("another run"), e.getMessage());
  }

  @Test
  void damagedCheckpointIsRefused(@TempDir Path folder) throws Exception {
    Part train = part(Toys.clouds(3, 7, 0.5, SEED));
    TrainingPlan plan =
        plan(Toys.dense(3, SEED), settings().withEpochs(1), train, Optional.empty());
    Path file = folder.resolve("run.checkpoint");
    TrainingContext context =
        new TrainingContext(backend, SEED, Progress.SILENT, Cancellation.NEVER, Optional.of(file));
    trainer.train(plan, context);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 30] ^= 1;
    Files.write(file, bytes);
    TrainingException e = assertThrows(TrainingException.class, () -> trainer.train(plan, context));
    assertTrue(e.getMessage().contains("delete it"), e.getMessage());
  }

  @Test
  void frozenBatchNormKeepsItsStatistics() {
    Part train = part(Toys.clouds(3, 7, 0.5, SEED));
    GraphModel model = Toys.normalised(3, SEED);
    TrainingPlan plan = plan(model, settings().withEpochs(2), train, Optional.empty());
    TrainingPlan frozen =
        new TrainingPlan(
            plan.model(),
            plan.objective(),
            plan.groups(),
            BatchNormPolicy.FROZEN_STATISTICS,
            plan.settings(),
            plan.train(),
            plan.validation());
    ParameterStore moved = trainer.train(plan, context()).model().parameters();
    ParameterStore kept = trainer.train(frozen, context()).model().parameters();
    for (String statistic : List.of("mean", "var")) {
      assertNotEquals(model.parameters().get(statistic), moved.get(statistic));
      assertEquals(model.parameters().get(statistic), kept.get(statistic));
    }
    assertNotEquals(model.parameters().get("scale"), kept.get("scale"));
  }

  @Test
  void normWithFrozenParametersDoesNotMoveWhateverThePolicy() {
    Part train = part(Toys.clouds(3, 7, 0.5, SEED));
    GraphModel model = Toys.normalised(3, SEED);
    TrainingPlan plan =
        new TrainingPlan(
            model,
            CrossEntropy.of(3),
            List.of(new ParameterGroup("head", Set.of("w2", "b2"), 1)),
            BatchNormPolicy.BATCH_STATISTICS,
            settings().withEpochs(2).regularization(r -> r.withWeightDecay(0.5)),
            train,
            Optional.empty());
    ParameterStore after = trainer.train(plan, context()).model().parameters();
    for (String name : List.of("w1", "b1", "scale", "shift", "mean", "var")) {
      assertEquals(model.parameters().get(name), after.get(name), name);
    }
    assertNotEquals(model.parameters().get("w2"), after.get("w2"));
  }

  @Test
  void groupWithRateZeroStaysWhereItIs() {
    Part train = part(Toys.clouds(3, 7, 0.5, SEED));
    GraphModel model = Toys.dense(3, SEED);
    TrainingPlan plan =
        new TrainingPlan(
            model,
            CrossEntropy.of(3),
            List.of(
                new ParameterGroup("backbone", Set.of("w1", "b1"), 0),
                new ParameterGroup("head", Set.of("w2", "b2"), 1)),
            BatchNormPolicy.FROZEN_STATISTICS,
            settings().withEpochs(2),
            train,
            Optional.empty());
    ParameterStore after = trainer.train(plan, context()).model().parameters();
    assertEquals(model.parameters().get("w1"), after.get("w1"));
    assertNotEquals(model.parameters().get("w2"), after.get("w2"));
  }
}
