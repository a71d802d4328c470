package dev.graft.backend.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Availability;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Fetches;
import dev.graft.backend.Precision;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.TrainingGraph;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OnnxBackendTest {
  private static final TensorType VECTOR = TensorType.of(DType.FLOAT32, 3);

  private final OnnxBackend backend = new OnnxBackend(Device.CPU, new BackendOptions(2));

  @AfterEach
  void close() {
    backend.close();
  }

  /** y = x * w, with any number of rows. */
  private static GraphModel scaling() {
    GraphBuilder g = new GraphBuilder();
    Shape rows = new Shape(List.of(Dim.symbol("rows"), Dim.of(3)));
    Value x = g.input("x", new TensorType(DType.FLOAT32, rows));
    g.output(x.mul(g.parameter("w", VECTOR)), "y");
    return new GraphModel(
        g.build(), ParameterStore.of(Map.of("w", HostTensor.of(new float[] {1, 2, 3}, 3))));
  }

  private static HostTensor row(float... values) {
    return HostTensor.of(values, values.length / 3, 3);
  }

  private Program scalingProgram() {
    return backend.compile(scaling().graph(), scaling().parameters(), CompileOptions.INFERENCE);
  }

  @Test
  void isFoundByNameAndListsItsVersion() {
    Availability availability = Backends.discover().get("onnx").availability();
    assertEquals(Device.CPU, availability.devices().get(0));
    assertTrue(availability.versions().get("onnxruntime").startsWith("1."));
  }

  @Test
  void symbolicRowsAcceptEverySize() {
    try (Program program = scalingProgram()) {
      assertEquals(row(1, 4, 9), program.runToHost(Map.of("x", row(1, 2, 3))).get("y"));
      assertEquals(
          row(1, 2, 3, 2, 4, 6), program.runToHost(Map.of("x", row(1, 1, 1, 2, 2, 2))).get("y"));
    }
  }

  @Test
  void outputsOfOneRunFeedAnother() {
    try (Program program = scalingProgram();
        Fetches first = program.run(Map.of("x", row(1, 1, 1)));
        Fetches second = program.run(Map.of("x", first.get("y")))) {
      assertEquals(row(1, 4, 9), second.host("y"));
    }
  }

  @Test
  void unsignedTensorsPassUnchanged() {
    for (DType dtype : List.of(DType.UINT8, DType.UINT16, DType.UINT32, DType.UINT64)) {
      TensorType type = TensorType.of(dtype, 2);
      GraphBuilder g = new GraphBuilder();
      Value x = g.input("x", type);
      g.output(g.op("Concat", Attributes.of("axis", 0), x, x), "y");
      HostTensor large = HostTensor.fromLongs(type, i -> -1 - i);
      try (Program program =
          backend.compile(g.build(), ParameterStore.EMPTY, CompileOptions.INFERENCE)) {
        HostTensor y = program.runToHost(Map.of("x", large)).get("y");
        assertEquals(HostTensor.fromLongs(y.type(), i -> -1 - i % 2), y);
        assertEquals(dtype, y.dtype());
      }
    }
  }

  @Test
  void aBadFeedIsNamed() {
    try (Program program = scalingProgram()) {
      assertMessage("input 'x'", () -> program.run(Map.of()));
      assertMessage("no input 'z'", () -> program.run(Map.of("z", row(1, 1, 1))));
      assertMessage("compiled in", () -> program.run(Map.of("w", row(1, 1, 1))));
      assertMessage(
          "must be FLOAT32[rows, 3], but is fed FLOAT32[1, 2]",
          () -> program.run(Map.of("x", HostTensor.of(new float[2], 1, 2))));
      assertMessage(
          "is fed INT64[1, 3]", () -> program.run(Map.of("x", HostTensor.of(new long[3], 1, 3))));
    }
  }

  private static void assertMessage(String part, Runnable action) {
    String message = assertThrows(IllegalArgumentException.class, action::run).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void thingsMayBeClosedTwiceButNotUsedAfterwards() {
    GraphModel model = scaling();
    Program program = scalingProgram();
    Fetches fetches = program.run(Map.of("x", row(1, 1, 1)));
    Tensor y = fetches.get("y");
    fetches.close();
    fetches.close();
    assertThrows(IllegalStateException.class, y::toHost);
    assertThrows(IllegalStateException.class, () -> fetches.get("y"));
    State state = backend.newState(model.parameters());
    state.close();
    state.close();
    assertThrows(IllegalStateException.class, state::snapshot);
    program.close();
    program.close();
    assertThrows(IllegalStateException.class, () -> program.run(Map.of("x", row(1, 1, 1))));
    backend.close();
    backend.close();
    assertThrows(IllegalStateException.class, this::scalingProgram);
    assertThrows(IllegalStateException.class, () -> backend.newState(model.parameters()));
  }

  @Test
  void closingTheBackendClosesWhatItHandedOut() {
    Program program = scalingProgram();
    Fetches fetches = program.run(Map.of("x", row(1, 1, 1)));
    State state = backend.newState(scaling().parameters());
    backend.close();
    assertThrows(IllegalStateException.class, () -> program.run(Map.of("x", row(1, 1, 1))));
    assertThrows(IllegalStateException.class, () -> fetches.get("y"));
    assertThrows(IllegalStateException.class, state::snapshot);
    assertEquals(0, backend.openResources());
  }

  @Test
  void sameGraphAndParametersAreCompiledOnce() {
    GraphModel model = scaling();
    Program one = backend.compile(model.graph(), model.parameters(), CompileOptions.INFERENCE);
    Program two = backend.compile(model.graph(), model.parameters(), CompileOptions.INFERENCE);
    assertEquals(1, backend.compiledGraphs());
    one.close();
    assertEquals(row(1, 2, 3), two.runToHost(Map.of("x", row(1, 1, 1))).get("y"));
    ParameterStore other = model.parameters().with("w", HostTensor.of(new float[3], 3));
    try (Program three = backend.compile(model.graph(), other, CompileOptions.INFERENCE)) {
      assertEquals(2, backend.compiledGraphs());
      assertEquals(row(0, 0, 0), three.runToHost(Map.of("x", row(1, 1, 1))).get("y"));
    }
  }

  @Test
  void idleProgramsAreBounded() {
    for (int i = 0; i < 20; i++) {
      scalingProgram().close();
    }
    assertTrue(backend.compiledGraphs() <= 4, "held: " + backend.compiledGraphs());
  }

  @Test
  void severalThreadsMayRunOneProgram() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Program program = scalingProgram()) {
      List<Future<HostTensor>> results =
          threads.invokeAll(
              IntStream.range(0, 200)
                  .<Callable<HostTensor>>mapToObj(
                      i -> () -> program.runToHost(Map.of("x", row(i, i, i))).get("y"))
                  .toList());
      for (int i = 0; i < results.size(); i++) {
        assertEquals(row(i, 2 * i, 3 * i), results.get(i).get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void anAbsentGpuSaysWhatToAdd() {
    BackendException e =
        assertThrows(
            BackendException.class, () -> new OnnxBackend(Device.gpu(3), BackendOptions.DEFAULT));
    assertTrue(e.getMessage().contains("gpu:3"), e.getMessage());
    assertTrue(e.getMessage().contains("onnxruntime_gpu"), e.getMessage());
  }

  @Test
  void anUnknownPrecisionIsRefused() {
    GraphModel model = scaling();
    CompileOptions bfloat16 = new CompileOptions(Set.of(), Precision.BFLOAT16);
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> backend.compile(model.graph(), model.parameters(), bfloat16));
    assertTrue(e.getMessage().contains("BFLOAT16"), e.getMessage());
  }

  @Test
  void trainingLowersTheLossAndMovesOnlyTheState() {
    GraphModel model = ToyProblem.perceptron();
    TrainingGraph training = ToyProblem.training(model, Set.of("w1", "b1", "w2"));
    double[] losses = new double[300];
    try (Program program =
            backend.compile(
                training.graph(), model.parameters(), CompileOptions.withState(training.state()));
        State state = state(model, training)) {
      for (int i = 0; i < losses.length; i++) {
        try (Fetches fetches = program.step(state, ToyProblem.step(i % 10))) {
          losses[i] = fetches.host(TrainingGraph.LOSS).getDouble(0);
        }
      }
    }
    assertTrue(losses[299] < 0.4 * losses[0], losses[0] + " to " + losses[299]);
    assertTrue(!training.state().contains("b2"), "the frozen bias is no state");
  }

  private State state(GraphModel model, TrainingGraph training) {
    return backend.newState(
        model.parameters().with(training.slots()).filter(training.state()::contains));
  }

  @Test
  void evaluationSharesTheStateOfTraining() {
    GraphModel model = ToyProblem.perceptron();
    TrainingGraph training = ToyProblem.training(model, ToyProblem.PARAMETERS);
    try (Program train =
            backend.compile(
                training.graph(), model.parameters(), CompileOptions.withState(training.state()));
        Program evaluate =
            backend.compile(
                ToyProblem.evaluation(model),
                model.parameters(),
                CompileOptions.withState(ToyProblem.PARAMETERS));
        State state = state(model, training)) {
      double before = loss(evaluate, state);
      assertEquals(before, loss(evaluate, state), "evaluation moves nothing");
      train.run(state, ToyProblem.step(1)).close();
      assertEquals(before, loss(evaluate, state), "run moves nothing");
      train.step(state, ToyProblem.step(1)).close();
      assertTrue(loss(evaluate, state) < before);
    }
  }

  private static double loss(Program evaluate, State state) {
    try (Fetches fetches = evaluate.run(state, ToyProblem.examples(1))) {
      return fetches.host(TrainingGraph.LOSS).getDouble(0);
    }
  }

  @Test
  void aRestoredSnapshotContinuesAlike() {
    GraphModel model = ToyProblem.perceptron();
    TrainingGraph training = ToyProblem.training(model, ToyProblem.PARAMETERS);
    try (Program train =
            backend.compile(
                training.graph(), model.parameters(), CompileOptions.withState(training.state()));
        State state = state(model, training)) {
      train.step(state, ToyProblem.step(1)).close();
      ParameterStore snapshot = state.snapshot();
      train.step(state, ToyProblem.step(2)).close();
      ParameterStore expected = state.snapshot();
      train.step(state, ToyProblem.step(3)).close();
      state.restore(snapshot);
      train.step(state, ToyProblem.step(2)).close();
      assertEquals(expected.asMap(), state.snapshot().asMap());
      assertThrows(
          IllegalArgumentException.class,
          () -> state.restore(ParameterStore.of(Map.of("nobody", HostTensor.scalar(1f)))));
    }
  }

  @Test
  void aFailedStepLeavesTheStateAsItWas() {
    GraphModel model = ToyProblem.perceptron();
    TrainingGraph training = ToyProblem.training(model, ToyProblem.PARAMETERS);
    try (Program train =
            backend.compile(
                training.graph(), model.parameters(), CompileOptions.withState(training.state()));
        State state = state(model, training)) {
      ParameterStore before = state.snapshot();
      Map<String, HostTensor> noRate = ToyProblem.examples(1);
      assertThrows(IllegalArgumentException.class, () -> train.step(state, noRate));
      assertEquals(before.asMap(), state.snapshot().asMap());
    }
  }

  @Test
  void stateOfAnotherBackendIsRefused() {
    GraphModel model = scaling();
    try (Backend other = new OnnxBackend(Device.CPU, BackendOptions.DEFAULT);
        State foreign = other.newState(model.parameters());
        Program program =
            backend.compile(
                model.graph(), ParameterStore.EMPTY, CompileOptions.withState(Set.of("w")))) {
      assertMessage("another backend", () -> program.run(foreign, Map.of("x", row(1, 1, 1))));
      assertMessage("give it one", () -> program.run(Map.of("x", row(1, 1, 1))));
    }
  }

  @Test
  void aMisspeltStateIsRefused() {
    GraphModel model = scaling();
    GraphException e =
        assertThrows(
            GraphException.class,
            () ->
                backend.compile(
                    model.graph(), model.parameters(), CompileOptions.withState(Set.of("W"))));
    assertTrue(e.getMessage().contains("Closest: w"), e.getMessage());
  }
}
