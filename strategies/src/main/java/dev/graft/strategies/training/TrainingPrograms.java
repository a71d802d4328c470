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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
   * When a step is made.
   *
   * @param epoch counted from 0; it decides which groups are trained
   * @param step counted from 0 over all epochs
   * @param rate the schedule's learning rate
   */
  record Moment(int epoch, long step, double rate) {}

  /** A batch with the weight of each example in the step. */
  record Weighted(Batch batch, float[] weights, Optional<Mixup> mixup) {}

  /**
   * One step, which moves the state.
   *
   * @param batches as many as are accumulated, or fewer at the end of an epoch; their weights add
   *     up to one together
   * @return the loss before the step
   */
  double step(List<Weighted> batches, Moment now) {
    double loss = 0;
    List<ParameterGroup> active =
        plan.groups().stream().filter(g -> g.isActive(now.epoch())).toList();
    for (int i = 0; i < batches.size(); i++) {
      Weighted batch = batches.get(i);
      boolean last = i == batches.size() - 1;
      Key key = new Key(types(batch.batch()), active.size(), last);
      Program program = training.get(key, k -> compileStep(k, active, batch.batch().size()));
      Map<String, HostTensor> feeds = feeds(batch, plan.train());
      for (ParameterGroup group : active) {
        feeds.put(TrainingGraph.rate(group.name()), scalar(now.rate() * group.rateFactor()));
      }
      feeds.put(TrainingGraph.CLIP, scalar(plan.settings().optimization().clipNorm()));
      feeds.put(TrainingGraph.AVERAGE_WEIGHT, scalar(newestWeight(now.step())));
      keepRead(feeds, program.graph());
      try (Fetches fetches = program.step(state(), feeds)) {
        loss += fetches.host(TrainingGraph.LOSS).getDouble(0);
      }
    }
    return loss;
  }

  private static HostTensor scalar(double value) {
    return HostTensor.scalar((float) value);
  }

  /**
   * At first the average is over all steps so far; later it forgets at the rate of the settings.
   */
  private double newestWeight(long step) {
    return Math.max(1 - plan.settings().optimization().averaging(), 1.0 / (step + 2));
  }

  /** What is known of a part that is not trained on. */
  record Validation(double loss, double error) {
    /** The sum with another one that counts so often. */
    Validation plus(Validation other, double weight) {
      return new Validation(loss + other.loss() * weight, error + other.error() * weight);
    }
  }

  /** The loss and error on a batch of another part, without moving anything. */
  Validation validate(Weighted batch, Part part) {
    Key key = new Key(types(batch.batch()), 0, true);
    Program program = evaluation.get(key, k -> compileEvaluation(k, batch.batch().size()));
    Map<String, HostTensor> feeds = feeds(batch, part);
    keepRead(feeds, program.graph());
    try (Fetches fetches = program.run(state(), feeds)) {
      return new Validation(
          fetches.host(TrainingGraph.LOSS).getDouble(0),
          fetches.host(TrainingGraph.ERROR).getDouble(0));
    }
  }

  /**
   * The model's parameters as they are now, those that training moves: their running averages where
   * these are kept.
   */
  ParameterStore parameters() {
    ParameterStore all = snapshot();
    Map<String, HostTensor> result = new LinkedHashMap<>();
    for (String name : plan.model().parameters().names()) {
      String slot = averaged().contains(name) ? TrainingGraph.average(name) : name;
      if (all.has(slot)) {
        result.put(name, all.get(slot));
      }
    }
    return ParameterStore.of(result);
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

  private Map<String, HostTensor> feeds(Weighted batch, Part part) {
    Map<String, HostTensor> all = new HashMap<>(batch.batch().inputs());
    all.putAll(plan.objective().feeds(part.targets(), batch.batch()));
    if (batch.mixup().isPresent()) {
      all = batch.mixup().get().apply(all);
    }
    all.put(TrainingGraph.WEIGHTS, HostTensor.of(batch.weights(), batch.weights().length));
    return all;
  }

  /**
   * Leaves out what a program does not ask for: a preprocessing may make inputs that a cut network
   * no longer reads, and not every step clips or averages.
   */
  private static void keepRead(Map<String, HostTensor> feeds, Graph graph) {
    feeds.keySet().retainAll(graph.inputs().stream().map(GraphInput::name).toList());
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

  /** Opens the state with the slots of all groups, also of those that are frozen at first. */
  private State open(Map<String, TensorType> types, int batch) {
    if (state == null) {
      TrainingGraph whole = step(types, plan.groups(), batch);
      ParameterStore start = plan.model().parameters().filter(whole.state()::contains);
      state = backend.newState(start.with(whole.slots()));
    }
    return state;
  }

  private TrainingGraph step(
      Map<String, TensorType> types, List<ParameterGroup> groups, int batch) {
    return TrainingGraph.of(
        plan.model(), types, batch, plan.objective(), groups, plan.batchNorm(), plan.settings());
  }

  private Program compileStep(Key key, List<ParameterGroup> active, int batch) {
    open(key.types(), batch);
    TrainingGraph step =
        key.last()
            ? step(key.types(), active, batch)
            : TrainingGraph.accumulating(
                plan.model(), key.types(), batch, plan.objective(), active, plan.batchNorm());
    // What is frozen has not moved since the start, so that it can be compiled in.
    Set<String> moving = new HashSet<>(step.state());
    active.forEach(g -> moving.addAll(g.parameters()));
    return backend.compile(
        step.graph(),
        plan.model().parameters().with(step.anchors()),
        CompileOptions.withState(moving));
  }

  private Program compileEvaluation(Key key, int batch) {
    Graph graph =
        TrainingGraph.evaluation(plan.model(), key.types(), batch, plan.objective(), averaged());
    Set<String> moving = new HashSet<>(open(key.types(), batch).names());
    moving.retainAll(graph.inputs(Role.STATE).stream().map(GraphInput::name).toList());
    return backend.compile(graph, plan.model().parameters(), CompileOptions.withState(moving));
  }

  private Set<String> averaged() {
    return plan.settings().optimization().averaging() > 0 ? plan.trainable() : Set.of();
  }

  @Override
  public void close() {
    training.close();
    evaluation.close();
    if (state != null) {
      state.close();
    }
  }

  /**
   * What programs differ in.
   *
   * @param groups the number of groups that are trained
   * @param last whether the step is made, or gradients are only added up
   */
  private record Key(Map<String, TensorType> types, int groups, boolean last) {}

  /** Programs by key, the least recently used one first. */
  private static final class Cache {
    private final Map<Key, Program> programs = new LinkedHashMap<>(16, 0.75f, true);

    Program get(Key key, Function<Key, Program> make) {
      Program known = programs.get(key);
      if (known != null) {
        return known;
      }
      if (programs.size() >= MOST) {
        programs.remove(programs.keySet().iterator().next()).close();
      }
      Program made = make.apply(key);
      programs.put(key, made);
      return made;
    }

    void close() {
      programs.values().forEach(Program::close);
      programs.clear();
    }
  }
}
