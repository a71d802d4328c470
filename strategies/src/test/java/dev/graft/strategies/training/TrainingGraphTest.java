package dev.graft.strategies.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.data.Batch;
import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.strategies.Toys;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.CrossEntropy;
import dev.graft.train.Optimizer;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TensorExamples;
import dev.graft.train.TrainingGraph;
import dev.graft.train.TrainingSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrainingGraphTest {
  private static final Seed SEED = new Seed(5);
  private static final CrossEntropy OBJECTIVE = CrossEntropy.of(3);

  private static TrainingGraph step(
      GraphModel model, int batch, Set<String> trainable, TrainingSettings settings) {
    return TrainingGraph.of(
        model,
        Map.of(Toys.INPUT, TensorType.of(DType.FLOAT32, batch, Toys.WIDTH)),
        batch,
        OBJECTIVE,
        List.of(new ParameterGroup("all", trainable, 1)),
        BatchNormPolicy.FROZEN_STATISTICS,
        settings);
  }

  private static TrainingSettings sgd() {
    return TrainingSettings.DEFAULT
        .optimization(o -> o.withRule(Optimizer.SGD))
        .regularization(r -> r.withWeightDecay(0.1));
  }

  private static List<Node> nodes(Graph graph, String operator) {
    return graph.nodes().stream().filter(n -> n.operator().name().equals(operator)).toList();
  }

  @Test
  void nothingIsComputedBelowTheLowestTrainableParameter() {
    GraphModel model = Toys.dense(3, SEED);
    TrainingSettings settings = sgd();
    Graph whole = step(model, 4, Set.of("w1", "b1", "w2", "b2"), settings).graph();
    Graph head = step(model, 4, Set.of("w2", "b2"), settings).graph();
    assertEquals(1, nodes(whole, "ReluGradient").size());
    assertEquals(0, nodes(head, "ReluGradient").size());
    // The bias alone needs no product at all: only the two of the forward pass are left.
    Graph bias = step(model, 4, Set.of("b2"), settings).graph();
    assertEquals(2, nodes(bias, "Gemm").size() + nodes(bias, "MatMul").size());
    assertEquals(Set.of("w2", "momentum/w2", "b2", "momentum/b2"), head.updates().keySet());
  }

  @Test
  void weightDecayLeavesBiasesAlone() {
    Graph graph = step(Toys.dense(3, SEED), 4, Set.of("w2", "b2"), sgd()).graph();
    for (Node update : nodes(graph, "SgdUpdate")) {
      double decay = update.attributes().f("weight_decay", -1);
      assertEquals(update.inputs().get(0).startsWith("w") ? 0.1 : 0, decay, 0);
    }
    assertEquals(2, nodes(graph, "SgdUpdate").size());
  }

  @Test
  void ratesAndClipThresholdAreScalarInputs() {
    TrainingGraph step = step(Toys.dense(3, SEED), 4, Set.of("w2"), sgd());
    assertEquals(
        Set.of(TrainingGraph.rate("all"), TrainingGraph.CLIP),
        Set.copyOf(step.graph().inputs(Role.SCALAR).stream().map(i -> i.name()).toList()));
    TrainingSettings unclipped = sgd().optimization(o -> o.withClipNorm(0));
    Graph graph = step(Toys.dense(3, SEED), 4, Set.of("w2"), unclipped).graph();
    assertFalse(graph.has(TrainingGraph.CLIP));
  }

  @Test
  void maskedLastBatchEqualsTheExactSmallBatch() {
    GraphModel model = Toys.dense(3, SEED);
    Set<String> trainable = Set.of("w1", "b1", "w2", "b2");
    Labeled<ClassLabels> data = Toys.clouds(3, 4, 0.5, SEED);
    int[] exact = {0, 1, 2, 3, 4};
    int[] padded = {0, 1, 2, 3, 4, 7, 7, 9};
    Map<String, HostTensor> small = run(model, trainable, data, exact, 5);
    Map<String, HostTensor> masked = run(model, trainable, data, padded, 5);
    small.forEach(
        (name, t) -> {
          double[] other = masked.get(name).toDoubles();
          double[] values = t.toDoubles();
          for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], other[i], 1e-6, name);
          }
        });
  }

  /** One step with the first {@code real} examples; the loss and all slots after it. */
  private static Map<String, HostTensor> run(
      GraphModel model,
      Set<String> trainable,
      Labeled<ClassLabels> data,
      int[] positions,
      int real) {
    TrainingGraph step = step(model, positions.length, trainable, sgd());
    float[] weights = new float[positions.length];
    for (int i = 0; i < real; i++) {
      weights[i] = 1f / real;
    }
    HostTensor rows = ((Toys.Rows) data.examples()).values();
    Map<String, HostTensor> feeds = new HashMap<>();
    feeds.put(Toys.INPUT, TensorExamples.rows(rows, positions));
    feeds.putAll(OBJECTIVE.feeds(data.targets(), new Batch(positions, feeds)));
    feeds.put(TrainingGraph.WEIGHTS, HostTensor.of(weights, weights.length));
    feeds.put(TrainingGraph.rate("all"), HostTensor.scalar(0.1f));
    feeds.put(TrainingGraph.CLIP, HostTensor.scalar(0.5f));
    try (Backend backend =
            Backends.discover().get("reference").open(Device.CPU, BackendOptions.DEFAULT);
        Program program =
            backend.compile(
                step.graph(), model.parameters(), CompileOptions.withState(step.state()));
        State state =
            backend.newState(
                model.parameters().filter(step.state()::contains).with(step.slots()))) {
      Map<String, HostTensor> results = new HashMap<>();
      try (Fetches fetches = program.step(state, feeds)) {
        results.putAll(fetches.toHost());
      }
      results.putAll(state.snapshot().asMap());
      return results;
    }
  }

  @Test
  void gradientsAreScaledToTheClipThreshold() {
    // Without momentum and decay a step is rate * gradient, so its length tells the norm.
    GraphModel model = Toys.dense(3, SEED);
    Set<String> trainable = Set.of("w1", "b1", "w2", "b2");
    TrainingSettings plain =
        TrainingSettings.DEFAULT
            .optimization(o -> o.withRule(Optimizer.SGD).withMomentum(0).withNesterov(false))
            .regularization(r -> r.withWeightDecay(0));
    TrainingGraph step = step(model, 6, trainable, plain);
    Labeled<ClassLabels> data = Toys.clouds(3, 2, 0.5, SEED);
    int[] all = {0, 1, 2, 3, 4, 5};
    float limit = 1e-3f;
    Map<String, HostTensor> feeds = new HashMap<>();
    feeds.put(Toys.INPUT, ((Toys.Rows) data.examples()).values());
    feeds.putAll(OBJECTIVE.feeds(data.targets(), new Batch(all, feeds)));
    feeds.put(TrainingGraph.WEIGHTS, HostTensor.full(TensorType.of(DType.FLOAT32, 6), 1.0 / 6));
    feeds.put(TrainingGraph.rate("all"), HostTensor.scalar(1f));
    feeds.put(TrainingGraph.CLIP, HostTensor.scalar(limit));
    try (Backend backend =
            Backends.discover().get("reference").open(Device.CPU, BackendOptions.DEFAULT);
        Program program =
            backend.compile(
                step.graph(), model.parameters(), CompileOptions.withState(step.state()));
        State state =
            backend.newState(
                model.parameters().filter(step.state()::contains).with(step.slots()))) {
      program.step(state, feeds).close();
      ParameterStore after = state.snapshot();
      double squares = 0;
      for (String name : trainable) {
        double[] before = model.parameters().get(name).toDoubles();
        double[] now = after.get(name).toDoubles();
        for (int i = 0; i < now.length; i++) {
          squares += (now[i] - before[i]) * (now[i] - before[i]);
        }
      }
      assertEquals(limit, Math.sqrt(squares), 0.01 * limit);
    }
  }

  @Test
  void parameterThatTheLossDoesNotReadIsRefused() {
    GraphModel model = Toys.dense(3, SEED);
    GraphModel unread =
        new GraphModel(dev.graft.graph.edit.Cut.at(model.graph(), "scores"), model.parameters());
    GraphException e =
        assertThrows(GraphException.class, () -> step(unread, 4, Set.of("w3"), sgd()));
    assertTrue(e.getMessage().contains("w3"), e.getMessage());
  }
}
