package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.testkit.reference.ReferenceInterpreter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the backend interfaces promise about feeds, states, closing and refusal. */
final class ContractCases {
  static final String GROUP = "contract";

  private static final Seed SEED = new Seed(11);

  private ContractCases() {}

  static List<ConformanceCase> all() {
    return List.of(
        of("a missing feed is named", ContractCases::missingFeed),
        of("an unknown feed is named", ContractCases::unknownFeed),
        of("a feed of a wrong type is named", ContractCases::wrongFeed),
        of("sizes of one symbol must agree", ContractCases::symbolsMustAgree),
        of("every batch size runs on one program", ContractCases::everyBatchSize),
        of("a parameter is compiled in or comes from the state", ContractCases::parameters),
        of("outputs live until they are closed, copies longer", ContractCases::outputs),
        of("an output may be fed to another run", ContractCases::outputsAsFeeds),
        of("a step moves the state and returns the outputs", ContractCases::step),
        of("a step that fails leaves the state as it was", ContractCases::failedStep),
        of("two programs share a state", ContractCases::sharedState),
        of("a snapshot restores", ContractCases::snapshot),
        of("a slot that is not there cannot be restored", ContractCases::unknownSlot),
        of("everything may be closed twice", ContractCases::doubleClose),
        of("a closed program does not run", ContractCases::closedProgram),
        of("a closed state is of no use", ContractCases::closedState),
        of("closing a backend closes what it handed out", ContractCases::closedBackend),
        of("a program says which graph it was made of", ContractCases::graph));
  }

  private static ConformanceCase of(String name, ConformanceCase.Body body) {
    return ConformanceCase.of(GROUP, name, body);
  }

  // --- small graphs

  private static final TensorType PAIR = TensorType.of(DType.FLOAT32, 2);

  private static Program doubled(Backend backend) {
    GraphBuilder g = new GraphBuilder();
    Dim n = Dim.symbol("n");
    TensorType vector = new TensorType(DType.FLOAT32, new Shape(List.of(n)));
    Value x = g.input("x", vector);
    Value y = g.input("y", vector);
    g.output(x.mul(2).add(y), "z");
    return backend.compile(g.build(), ParameterStore.EMPTY, CompileOptions.INFERENCE);
  }

  /** Adds the feed to the state {@code w} and outputs twice the old state. */
  private static Program counter(Backend backend) {
    GraphBuilder g = new GraphBuilder();
    Value w = g.parameter("w", PAIR);
    Value x = g.input("x", PAIR);
    g.output(w.mul(2), "twice");
    g.update("w", w.add(x));
    return backend.compile(g.build(), ParameterStore.EMPTY, CompileOptions.withState(Set.of("w")));
  }

  private static HostTensor floats(float... values) {
    return HostTensor.of(values, values.length);
  }

  private static ParameterStore store(float... values) {
    return ParameterStore.of(Map.of("w", floats(values)));
  }

  private static void check(String name, HostTensor expected, HostTensor actual) {
    Tolerance.of(DType.FLOAT32).check(name, expected, actual);
  }

  // --- feeds

  private static void missingFeed(Subject s) {
    try (Program p = doubled(s.backend())) {
      Expect.failure(
          IllegalArgumentException.class,
          "a run without 'y'",
          () -> p.run(Map.of("x", floats(1))).close(),
          "y");
    }
  }

  private static void unknownFeed(Subject s) {
    try (Program p = doubled(s.backend())) {
      Map<String, HostTensor> feeds = Map.of("x", floats(1), "y", floats(2), "stranger", floats(3));
      Expect.failure(
          IllegalArgumentException.class,
          "a run with an unknown feed",
          () -> p.run(feeds).close(),
          "stranger");
    }
  }

  private static void wrongFeed(Subject s) {
    try (Program p = doubled(s.backend())) {
      for (HostTensor wrong :
          List.of(HostTensor.vector(1), HostTensor.of(new float[] {1, 2}, 1, 2))) {
        Expect.failure(
            IllegalArgumentException.class,
            "a feed of " + wrong.type(),
            () -> p.run(Map.of("x", floats(1), "y", wrong)).close(),
            "y");
      }
    }
  }

  private static void symbolsMustAgree(Subject s) {
    try (Program p = doubled(s.backend())) {
      Expect.failure(
          IllegalArgumentException.class,
          "feeds of different lengths for one symbol",
          () -> p.run(Map.of("x", floats(1, 2), "y", floats(1, 2, 3))).close());
    }
  }

  private static void everyBatchSize(Subject s) {
    GraphModel model = SmallModels.cnn(SEED);
    ReferenceInterpreter oracle = ReferenceInterpreter.of(model.graph());
    try (Program p =
        s.backend().compile(model.graph(), model.parameters(), CompileOptions.INFERENCE)) {
      for (int size : new int[] {1, 5, 3, 5, 2, 1}) {
        Map<String, HostTensor> feeds = SmallModels.batch(model, SEED.derive("batch", size), size);
        Map<String, HostTensor> all = new HashMap<>(model.parameters().asMap());
        all.putAll(feeds);
        check(
            "logits of a batch of " + size,
            oracle.run(all).get(SmallModels.OUTPUT),
            p.runToHost(feeds).get(SmallModels.OUTPUT));
      }
    }
  }

  private static void parameters(Subject s) {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", PAIR);
    g.output(x.mul(g.parameter("w", PAIR)).add(g.parameter("b", PAIR)), "y");
    ParameterStore both = store(2, 3).with("b", floats(10, 20));
    Map<String, HostTensor> feeds = Map.of("x", floats(1, 2));
    Backend backend = s.backend();
    try (Program all = backend.compile(g.build(), both, CompileOptions.INFERENCE);
        Program some =
            backend.compile(
                g.build(), both.filter("b"::equals), CompileOptions.withState(Set.of("w")));
        State state = backend.newState(store(5, 7));
        Fetches fetches = some.run(state, feeds)) {
      check("y", floats(12, 26), all.runToHost(feeds).get("y"));
      check("y with w from the state", floats(15, 34), fetches.host("y"));
      Expect.failure(
          IllegalArgumentException.class,
          "a run of a program with state without any",
          () -> some.run(feeds).close());
    }
  }

  private static void outputs(Subject s) {
    try (Program p = doubled(s.backend())) {
      Fetches fetches = p.run(Map.of("x", floats(1, 2), "y", floats(3, 4)));
      Expect.that(fetches.names().equals(Set.of("z")), "the outputs are " + fetches.names());
      HostTensor copy = fetches.host("z");
      Expect.failure(
          IllegalArgumentException.class,
          "asking for an output that is not there",
          () -> fetches.get("stranger"),
          "stranger");
      fetches.close();
      check("the copy of z", floats(5, 8), copy);
      Expect.failure(
          IllegalStateException.class, "an output after closing", () -> fetches.get("z"));
    }
  }

  private static void outputsAsFeeds(Subject s) {
    try (Program p = doubled(s.backend());
        Fetches first = p.run(Map.of("x", floats(1, 2), "y", floats(3, 4)));
        Fetches second = p.run(Map.of("x", first.get("z"), "y", first.get("z")))) {
      check("z of the second run", floats(15, 24), second.host("z"));
    }
  }

  // --- state

  private static void step(Subject s) {
    try (Program p = counter(s.backend());
        State state = s.backend().newState(store(1, 2))) {
      for (int i = 0; i < 3; i++) {
        try (Fetches fetches = p.step(state, Map.of("x", floats(1, 10)))) {
          check("twice", floats(2 * (1 + i), 2 * (2 + 10 * i)), fetches.host("twice"));
        }
      }
      try (Fetches fetches = p.run(state, Map.of("x", floats(1, 10)))) {
        check("twice of a mere run", floats(8, 64), fetches.host("twice"));
      }
      check("w", floats(4, 32), state.snapshot().get("w"));
      Expect.that(state.names().equals(Set.of("w")), "the slots are " + state.names());
    }
  }

  private static void failedStep(Subject s) {
    try (Program p = counter(s.backend());
        State state = s.backend().newState(store(1, 2))) {
      Expect.failure(
          IllegalArgumentException.class,
          "a step with a feed of a wrong type",
          () -> p.step(state, Map.of("x", floats(1, 2, 3))).close(),
          "x");
      check("w", floats(1, 2), state.snapshot().get("w"));
      p.step(state, Map.of("x", floats(1, 1))).close();
      check("w after a good step", floats(2, 3), state.snapshot().get("w"));
    }
  }

  private static void sharedState(Subject s) {
    GraphBuilder g = new GraphBuilder();
    g.output(g.parameter("w", PAIR).mul(10), "tenfold");
    CompileOptions options = CompileOptions.withState(Set.of("w"));
    try (Program trains = counter(s.backend());
        Program reads = s.backend().compile(g.build(), ParameterStore.EMPTY, options);
        State state = s.backend().newState(store(1, 2))) {
      trains.step(state, Map.of("x", floats(1, 1))).close();
      try (Fetches fetches = reads.run(state, Map.<String, HostTensor>of())) {
        check("tenfold", floats(20, 30), fetches.host("tenfold"));
      }
    }
  }

  private static void snapshot(Subject s) {
    try (Program p = counter(s.backend());
        State state = s.backend().newState(store(1, 2))) {
      ParameterStore before = state.snapshot();
      p.step(state, Map.of("x", floats(5, 5))).close();
      check("the snapshot from before", floats(1, 2), before.get("w"));
      state.restore(before);
      check("w restored", floats(1, 2), state.snapshot().get("w"));
      p.step(state, Map.of("x", floats(1, 1))).close();
      check("w after a step from there", floats(2, 3), state.snapshot().get("w"));
    }
  }

  private static void unknownSlot(Subject s) {
    try (State state = s.backend().newState(store(1, 2))) {
      Expect.failure(
          RuntimeException.class,
          "restoring a slot that is not there",
          () -> state.restore(ParameterStore.of(Map.of("stranger", floats(1)))),
          "stranger");
    }
  }

  // --- closing

  private static void doubleClose(Subject s) {
    Backend backend = s.open().get();
    Program p = counter(backend);
    State state = backend.newState(store(1, 2));
    Fetches fetches = p.step(state, Map.of("x", floats(1, 1)));
    fetches.close();
    fetches.close();
    state.close();
    state.close();
    p.close();
    p.close();
    backend.close();
    backend.close();
  }

  private static void closedProgram(Subject s) {
    Program p = doubled(s.backend());
    p.close();
    Map<String, HostTensor> feeds = Map.of("x", floats(1), "y", floats(2));
    Expect.failure(
        IllegalStateException.class, "a run of a closed program", () -> p.run(feeds).close());
  }

  private static void closedState(Subject s) {
    try (Program p = counter(s.backend())) {
      State state = s.backend().newState(store(1, 2));
      state.close();
      Expect.failure(IllegalStateException.class, "a snapshot of a closed state", state::snapshot);
      Expect.failure(
          IllegalStateException.class,
          "a step on a closed state",
          () -> p.step(state, Map.of("x", floats(1, 1))).close());
    }
  }

  private static void closedBackend(Subject s) {
    Backend backend = s.open().get();
    Program p = counter(backend);
    State state = backend.newState(store(1, 2));
    backend.close();
    Expect.failure(
        IllegalStateException.class,
        "compiling on a closed backend",
        () -> doubled(backend).close());
    Expect.failure(
        IllegalStateException.class,
        "a new state of a closed backend",
        () -> backend.newState(store(1, 2)).close());
    Expect.failure(
        IllegalStateException.class,
        "a step of a closed backend's program",
        () -> p.step(state, Map.of("x", floats(1, 1))).close());
    Expect.failure(
        IllegalStateException.class, "a snapshot of a closed backend's state", state::snapshot);
  }

  private static void graph(Subject s) {
    try (Program p = doubled(s.backend())) {
      Expect.that(
          p.graph().outputs().equals(List.of("z")) && p.graph().inputs().size() == 2,
          "the program's graph is not the one that was compiled: " + p.graph());
    }
  }
}
