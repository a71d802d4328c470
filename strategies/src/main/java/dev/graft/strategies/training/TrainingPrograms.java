package dev.graft.strategies.training;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.data.Batch;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TensorExamples;
import dev.graft.train.TrainingGraph;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingPlan.Part;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The compiled programs of one training run and the state they share. Programs are made for the
 * sizes that batches turn out to have; the oldest are closed when there are many.
 */
final class TrainingPrograms implements AutoCloseable {
  private static final int MOST = 12;

  private final TrainingPlan plan;
  private final Backend backend;
  private final Cache training = new Cache();
  private final Cache evaluation = new Cache();
  private @Nullable State state;

  TrainingPrograms(TrainingPlan plan, Backend backend) {
    this.plan = plan;
    this.backend = backend;
  }

  /**
   * One step on a batch, which moves the state.
   *
   * @param weights one per example, adding up to one
   * @param rate the schedule's learning rate
   * @return the loss before the step
   */
  double step(Batch batch, float[] weights, double rate) {
    Program program = training.get(types(batch), t -> compileStep(t, batch.size()));
    Map<String, HostTensor> feeds = feeds(program.graph(), batch, plan.train(), weights);
    for (ParameterGroup group : plan.groups()) {
      feeds.put(
          TrainingGraph.rate(group.name()), HostTensor.scalar((float) (rate * group.rateFactor())));
    }
    if (program.graph().input(TrainingGraph.CLIP).isPresent()) {
      feeds.put(
          TrainingGraph.CLIP, HostTensor.scalar((float) plan.settings().optimization().clipNorm()));
    }
    try (Fetches fetches = program.step(state(), feeds)) {
      return fetches.host(TrainingGraph.LOSS).getDouble(0);
    }
  }

  /** The loss on a batch of another part, without moving anything. */
  double loss(Batch batch, Part part, float[] weights) {
    Program program = evaluation.get(types(batch), t -> compileEvaluation(t, batch.size()));
    try (Fetches fetches = program.run(state(), feeds(program.graph(), batch, part, weights))) {
      return fetches.host(TrainingGraph.LOSS).getDouble(0);
    }
  }

  /** All slots: trainable parameters, running statistics, optimizer moments. */
  ParameterStore snapshot() {
    return state().snapshot();
  }

  /** Begins with the slots of an earlier run instead of the model's parameters. */
  void resume(ParameterStore slots) {
    state = backend.newState(slots);
  }

  /** A batch of exactly {@code size} examples: rows are repeated where it has fewer. */
  static Batch fill(Batch batch, int size) {
    if (batch.size() == size) {
      return batch;
    }
    int[] rows = IntStream.range(0, size).map(i -> i % batch.size()).toArray();
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    batch.inputs().forEach((name, t) -> inputs.put(name, TensorExamples.rows(t, rows)));
    int[] positions = IntStream.of(rows).map(r -> batch.positions()[r]).toArray();
    return new Batch(positions, inputs);
  }

  private Map<String, HostTensor> feeds(Graph graph, Batch batch, Part part, float[] weights) {
    Map<String, HostTensor> all = new HashMap<>(batch.inputs());
    all.putAll(plan.objective().feeds(part.targets(), batch));
    all.put(TrainingGraph.WEIGHTS, HostTensor.of(weights, weights.length));
    // A preprocessing may make inputs that a cut network no longer reads.
    all.keySet().retainAll(graph.inputs(Role.BATCH).stream().map(GraphInput::name).toList());
    return all;
  }

  private static Map<String, TensorType> types(Batch batch) {
    Map<String, TensorType> types = new HashMap<>();
    batch.inputs().forEach((name, t) -> types.put(name, t.type()));
    return types;
  }

  private State state() {
    if (state == null) {
      throw new IllegalStateException("no program has run yet");
    }
    return state;
  }

  private State open(TrainingGraph step) {
    if (state == null) {
      ParameterStore start = plan.model().parameters().filter(step.state()::contains);
      state = backend.newState(start.with(step.slots()));
    }
    return state;
  }

  private TrainingGraph step(Map<String, TensorType> types, int batch) {
    return TrainingGraph.of(
        plan.model(),
        types,
        batch,
        plan.objective(),
        plan.groups(),
        plan.batchNorm(),
        plan.settings());
  }

  private Program compileStep(Map<String, TensorType> types, int batch) {
    TrainingGraph step = step(types, batch);
    open(step);
    return backend.compile(
        step.graph(), plan.model().parameters(), CompileOptions.withState(step.state()));
  }

  private Program compileEvaluation(Map<String, TensorType> types, int batch) {
    Graph graph = TrainingGraph.evaluation(plan.model(), types, batch, plan.objective());
    State slots = state == null ? open(step(types, batch)) : state;
    Set<String> moving = new HashSet<>(slots.names());
    moving.retainAll(graph.inputs(Role.STATE).stream().map(GraphInput::name).toList());
    return backend.compile(graph, plan.model().parameters(), CompileOptions.withState(moving));
  }

  @Override
  public void close() {
    training.close();
    evaluation.close();
    if (state != null) {
      state.close();
    }
  }

  /** Programs by input types, the least recently used one first. */
  private static final class Cache {
    private final Map<Map<String, TensorType>, Program> programs =
        new LinkedHashMap<>(16, 0.75f, true);

    Program get(
        Map<String, TensorType> types,
        java.util.function.Function<Map<String, TensorType>, Program> make) {
      Program known = programs.get(types);
      if (known != null) {
        return known;
      }
      if (programs.size() >= MOST) {
        programs.remove(programs.keySet().iterator().next()).close();
      }
      Program made = make.apply(types);
      programs.put(types, made);
      return made;
    }

    void close() {
      programs.values().forEach(Program::close);
      programs.clear();
    }
  }
}
