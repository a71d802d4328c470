package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.data.ClassLabels;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Initialization;
import dev.graft.graph.edit.LowRankAdapters;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.strategies.training.GradientTrainer;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.CrossEntropy;
import dev.graft.train.Optimizer;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TensorExamples;
import dev.graft.train.TrainingContext;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingPlan.Part;
import dev.graft.train.TrainingResult;
import dev.graft.train.TrainingSettings;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that a training step can hold, on every engine beside the readable one. */
class TuningOnBackendsTest {
  private static final Seed SEED = new Seed(21);
  private static final int EXAMPLES = 22;

  private static final TrainingSettings EVERYTHING =
      TrainingSettings.DEFAULT
          .withEpochs(3)
          .withBatchSize(6)
          .schedule(s -> s.withRate(0.01))
          .optimization(o -> o.withAccumulation(2).withAveraging(0.9))
          .regularization(r -> r.withStartDecay(0.1));

  @ParameterizedTest
  @ValueSource(strings = {"onnx", "djl", "tensorflow"})
  void accumulationAveragesPullsAndLateGroupsAreTheSame(String name) {
    for (Optimizer rule : Optimizer.values()) {
      TrainingSettings settings = EVERYTHING.optimization(o -> o.withRule(rule));
      GraphModel model = network();
      List<ParameterGroup> groups =
          List.of(
              new ParameterGroup("late", Set.of("kernel", "bias"), 0.5, true, true, 1),
              new ParameterGroup("head", Set.of("head"), 1));
      compare(name, model, groups, settings);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"onnx", "djl", "tensorflow"})
  void adaptersTrainTheSame(String name) {
    GraphModel model = network();
    LowRankAdapters adapters =
        LowRankAdapters.insert(model.graph(), List.of("kernel", "head"), 2, 4);
    GraphModel adapted =
        new GraphModel(adapters.graph(), model.parameters().with(adapters.initial(SEED)));
    compare(
        name,
        adapted,
        List.of(new ParameterGroup("adapters", adapters.parameters(), 1)),
        TrainingSettings.DEFAULT.withEpochs(3).withBatchSize(6));
  }

  private static void compare(
      String name, GraphModel model, List<ParameterGroup> groups, TrainingSettings settings) {
    TrainingResult expected = train("reference", model, groups, settings);
    TrainingResult actual = train(name, model, groups, settings);
    for (int i = 0; i < expected.epochs().size(); i++) {
      double loss = expected.epochs().get(i).validationLoss().orElseThrow();
      assertEquals(loss, actual.epochs().get(i).validationLoss().orElseThrow(), 1e-3 * loss);
    }
    ParameterStore e = expected.model().parameters();
    ParameterStore a = actual.model().parameters();
    for (String parameter : e.names()) {
      double[] values = e.get(parameter).toDoubles();
      double[] others = a.get(parameter).toDoubles();
      for (int i = 0; i < values.length; i++) {
        assertEquals(values[i], others[i], 2e-3, parameter);
      }
    }
  }

  private static TrainingResult train(
      String name, GraphModel model, List<ParameterGroup> groups, TrainingSettings settings) {
    BackendProvider provider = Backends.discover().get(name);
    assumeTrue(
        provider.availability().isAvailable(),
        () -> "skipped: " + provider.availability().problem().orElse(name));
    HostTensor rows =
        HostTensor.fromDoubles(
            TensorType.of(DType.FLOAT32, EXAMPLES, 3, 6, 6),
            i -> SEED.gaussian(i) + (i / 108 % 3 == i / 36 % 3 ? 1 : 0));
    int[] labels = IntStream.range(0, EXAMPLES).map(i -> i % 3).toArray();
    Part part =
        new Part(new TensorExamples("x", rows), new ClassLabels(List.of("a", "b", "c"), labels));
    TrainingPlan plan =
        new TrainingPlan(
            model,
            CrossEntropy.of(3),
            groups,
            BatchNormPolicy.FROZEN_STATISTICS,
            settings,
            part,
            Optional.of(part));
    try (Backend backend = provider.open(Device.CPU, BackendOptions.DEFAULT)) {
      return new GradientTrainer().train(plan, TrainingContext.of(backend, SEED));
    }
  }

  private static GraphModel network() {
    GraphBuilder g = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(3), Dim.of(6), Dim.of(6)));
    Value x = g.input("x", new TensorType(DType.FLOAT32, shape));
    Value conv =
        g.op(
            "Conv",
            Attributes.of("pads", new long[] {1, 1, 1, 1}),
            x,
            g.parameter("kernel", TensorType.of(DType.FLOAT32, 8, 3, 3, 3)),
            g.parameter("bias", TensorType.of(DType.FLOAT32, 8)));
    Value pooled = g.op("Flatten", g.op("GlobalAveragePool", g.op("Relu", conv)));
    g.output(
        g.op("MatMul", pooled, g.parameter("head", TensorType.of(DType.FLOAT32, 8, 3))), "scores");
    return new GraphModel(g.build(), Initialization.all(g.build(), SEED));
  }
}
