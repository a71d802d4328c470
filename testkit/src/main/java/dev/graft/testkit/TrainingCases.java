package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Fetches;
import dev.graft.backend.Precision;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.data.Batch;
import dev.graft.data.ClassLabels;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.testkit.reference.ReferenceBackendProvider;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.CrossEntropy;
import dev.graft.train.Optimizer;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TrainingGraph;
import dev.graft.train.TrainingSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Training: twenty steps beside the oracle. */
final class TrainingCases {
  static final String GROUP = "training";

  private static final Seed SEED = new Seed(5);
  private static final int STEPS = 20;
  private static final int BATCH = 12;
  private static final double LOSS_TOLERANCE = 1e-3;

  /** bfloat16 has 8 bits of precision. */
  private static final double BFLOAT16_TOLERANCE = 5e-2;

  private TrainingCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Optimizer optimizer : Optimizer.values()) {
      GraphModel mlp = SmallModels.mlp(SEED, SmallModels.FEATURES);
      GraphModel cnn = SmallModels.cnn(SEED);
      cases.add(curve("MLP with " + optimizer, mlp, optimizer, BatchNormPolicy.FROZEN_STATISTICS));
      cases.add(curve("CNN with " + optimizer, cnn, optimizer, BatchNormPolicy.BATCH_STATISTICS));
      cases.add(
          curve(
              "CNN with frozen statistics and " + optimizer,
              cnn,
              optimizer,
              BatchNormPolicy.FROZEN_STATISTICS));
    }
    cases.add(bfloat16("MLP", SmallModels.mlp(SEED, SmallModels.FEATURES)));
    cases.add(bfloat16("CNN", SmallModels.cnn(SEED)));
    return cases;
  }

  /** Offered and close to the oracle in single precision, or refused. */
  private static ConformanceCase bfloat16(String name, GraphModel model) {
    return ConformanceCase.of(
        GROUP,
        STEPS + " steps of the " + name + " in bfloat16",
        s -> {
          Training training =
              Training.of(model, BATCH, Optimizer.SGD, BatchNormPolicy.BATCH_STATISTICS);
          if (!s.backend().precisions().contains(Precision.BFLOAT16)) {
            Expect.failure(
                BackendException.class,
                "a precision that is not offered",
                () -> training.compile(s.backend(), Precision.BFLOAT16),
                "BFLOAT16");
            return;
          }
          try (Backend oracle = new ReferenceBackendProvider().open()) {
            Curve expected = training.run(oracle, STEPS);
            Curve actual = training.run(s.backend(), STEPS, Precision.BFLOAT16);
            checkLosses(expected, actual, BFLOAT16_TOLERANCE);
            Expect.that(
                !expected.losses().equals(actual.losses()), "nothing was computed in bfloat16");
            expected
                .state()
                .forEach(
                    (slot, t) ->
                        Expect.that(
                            actual.state().get(slot).type().equals(t.type()),
                            "slot '" + slot + "' is kept as " + actual.state().get(slot).type()));
          }
        });
  }

  private static ConformanceCase curve(
      String name, GraphModel model, Optimizer optimizer, BatchNormPolicy policy) {
    return ConformanceCase.of(
        GROUP, STEPS + " steps of the " + name, s -> compare(s, model, optimizer, policy));
  }

  private static void compare(
      Subject subject, GraphModel model, Optimizer optimizer, BatchNormPolicy policy) {
    Training training = Training.of(model, BATCH, optimizer, policy);
    try (Backend oracle = new ReferenceBackendProvider().open()) {
      Curve expected = training.run(oracle, STEPS);
      Curve actual = training.run(subject.backend(), STEPS);
      checkLosses(expected, actual, LOSS_TOLERANCE);
      Expect.that(
          expected.losses().get(STEPS - 1) < expected.losses().get(0),
          "nothing was learned: " + expected.losses());
      expected
          .state()
          .forEach((name, t) -> new Tolerance(1e-2, 2e-3).check(name, t, actual.state().get(name)));
    }
  }

  private static void checkLosses(Curve expected, Curve actual, double tolerance) {
    for (int i = 0; i < STEPS; i++) {
      double e = expected.losses().get(i);
      double a = actual.losses().get(i);
      Expect.that(
          Math.abs(e - a) <= tolerance * Math.max(1, Math.abs(e)),
          "the loss of step " + (i + 1) + " is " + a + ", but should be " + e);
    }
  }

  /** What training gave. */
  record Curve(List<Double> losses, Map<String, HostTensor> state) {}

  /** A step of a small classifier with data for it. */
  record Training(GraphModel model, TrainingGraph graph, List<Map<String, HostTensor>> batches) {

    static Training of(GraphModel model, int batch, Optimizer optimizer, BatchNormPolicy policy) {
      Set<String> trainable = new LinkedHashSet<>(model.parameters().names());
      trainable.removeIf(n -> n.contains("running_"));
      CrossEntropy objective = CrossEntropy.of(SmallModels.CLASSES);
      TensorType type = SmallModels.batch(model, SEED, batch).get(SmallModels.INPUT).type();
      TrainingSettings settings =
          TrainingSettings.DEFAULT.optimization(o -> o.withRule(optimizer).withClipNorm(5));
      TrainingGraph graph =
          TrainingGraph.of(
              model,
              Map.of(SmallModels.INPUT, type),
              batch,
              objective,
              List.of(new ParameterGroup("all", trainable, 1)),
              policy,
              settings);
      List<Map<String, HostTensor>> batches = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        batches.add(batch(model, objective, batch, SEED.derive("batch", i), optimizer));
      }
      return new Training(model, graph, batches);
    }

    /** Features around a centre of their class, so that there is something to learn. */
    private static Map<String, HostTensor> batch(
        GraphModel model, CrossEntropy objective, int batch, Seed seed, Optimizer optimizer) {
      HostTensor noise = SmallModels.batch(model, seed, batch).get(SmallModels.INPUT);
      int each = noise.size() / batch;
      int[] labels = IntStream.range(0, batch).map(i -> i % SmallModels.CLASSES).toArray();
      HostTensor x =
          HostTensor.fromDoubles(
              noise.type(),
              i -> {
                Seed centre = SEED.derive("class", labels[i / each]);
                return 0.5 * noise.getDouble(i) + centre.gaussian(i % each);
              });
      List<String> classes =
          IntStream.range(0, SmallModels.CLASSES).mapToObj(i -> "class " + i).toList();
      Map<String, HostTensor> feeds = new HashMap<>();
      feeds.put(SmallModels.INPUT, x);
      feeds.putAll(
          objective.feeds(
              new ClassLabels(classes, labels),
              new Batch(IntStream.range(0, batch).toArray(), feeds)));
      feeds.put(
          TrainingGraph.WEIGHTS, HostTensor.full(TensorType.of(DType.FLOAT32, batch), 1.0 / batch));
      feeds.put(
          TrainingGraph.rate("all"), HostTensor.scalar(optimizer == Optimizer.SGD ? 0.05f : 0.01f));
      feeds.put(TrainingGraph.CLIP, HostTensor.scalar(5f));
      return feeds;
    }

    Program compile(Backend backend) {
      return compile(backend, Precision.FLOAT32);
    }

    Program compile(Backend backend, Precision precision) {
      return backend.compile(
          graph.graph(), model.parameters(), new CompileOptions(graph.state(), precision));
    }

    State newState(Backend backend) {
      return backend.newState(
          model.parameters().filter(graph.state()::contains).with(graph.slots()));
    }

    /** One step; the loss before it. */
    double step(Program program, State state, int i) {
      Map<String, HostTensor> feeds = new HashMap<>(batches.get(i % batches.size()));
      Set<String> wanted = new LinkedHashSet<>();
      graph.graph().inputs().stream()
          .filter(in -> in.role() != Role.STATE)
          .map(GraphInput::name)
          .forEach(wanted::add);
      feeds.keySet().retainAll(wanted);
      try (Fetches fetches = program.step(state, feeds)) {
        return fetches.host(TrainingGraph.LOSS).getDouble(0);
      }
    }

    Curve run(Backend backend, int steps) {
      return run(backend, steps, Precision.FLOAT32);
    }

    Curve run(Backend backend, int steps, Precision precision) {
      List<Double> losses = new ArrayList<>();
      try (Program program = compile(backend, precision);
          State state = newState(backend)) {
        for (int i = 0; i < steps; i++) {
          losses.add(step(program, state, i));
        }
        return new Curve(losses, state.snapshot().asMap());
      }
    }
  }
}
