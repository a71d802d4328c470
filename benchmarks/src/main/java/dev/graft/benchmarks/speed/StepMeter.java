package dev.graft.benchmarks.speed;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Fetches;
import dev.graft.backend.Precision;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.data.Batch;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Specialization;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.CrossEntropy;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TrainingGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One workload on one backend: compiles what is measured when it is first asked for, and runs it.
 * For one thread.
 */
final class StepMeter implements AutoCloseable {
  private final Workload workload;
  private final Backend backend;
  private final Precision precision;
  private final GraphModel model;
  private final Map<Measure, Runnable> ready = new EnumMap<>(Measure.class);
  private final List<Runnable> closing = new ArrayList<>();

  StepMeter(Workload workload, Backend backend, Precision precision) {
    this.workload = workload;
    this.backend = backend;
    this.precision = precision;
    this.model = workload.model();
  }

  /** Builds, compiles and runs once; the seconds that took. */
  double prepare(Measure measure) {
    long start = System.nanoTime();
    Runnable run =
        switch (measure) {
          case STEP -> training(false);
          case FROZEN_STEP -> training(true);
          case INFERENCE_1 -> inference(1);
          case INFERENCE_32 -> inference(32);
        };
    run.run();
    ready.put(measure, run);
    return (System.nanoTime() - start) / 1e9;
  }

  /** The milliseconds of each of {@code count} runs. */
  double[] run(Measure measure, int count) {
    Runnable run = ready.get(measure);
    if (run == null) {
      throw new IllegalStateException(measure + " has not been prepared");
    }
    double[] milliseconds = new double[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      run.run();
      milliseconds[i] = (System.nanoTime() - start) / 1e6;
    }
    return milliseconds;
  }

  /** The outputs for 32 examples before any training, row by row. */
  float[] outputs() {
    HostTensor inputs = workload.inputs(model, 32);
    try (Program program = compileInference(inputs.type())) {
      HostTensor out = program.runToHost(Map.of(Networks.INPUT, inputs)).get(Networks.OUTPUT);
      if (out == null) {
        throw new IllegalStateException("the program has no output " + Networks.OUTPUT);
      }
      return out.toFloats();
    }
  }

  /** The losses of the first training steps. */
  double[] losses(int steps) {
    double[] losses = new double[steps];
    try (Training training = new Training(false)) {
      Arrays.setAll(losses, i -> training.step());
    }
    return losses;
  }

  private Runnable training(boolean frozen) {
    Training training = new Training(frozen);
    closing.add(training::close);
    return training::step;
  }

  private Runnable inference(int examples) {
    HostTensor inputs = workload.inputs(model, examples);
    Program program = compileInference(inputs.type());
    closing.add(program::close);
    return () -> program.runToHost(Map.of(Networks.INPUT, inputs));
  }

  private Program compileInference(TensorType input) {
    return backend.compile(
        Specialization.ofInputs(model.graph(), Map.of(Networks.INPUT, input)),
        model.parameters(),
        new CompileOptions(Set.of(), precision));
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
  }

  /** A training program with its state and the feeds of one batch. */
  private final class Training implements AutoCloseable {
    private static final String GROUP = "all";

    private final Program program;
    private final State state;
    private final Map<String, HostTensor> feeds = new HashMap<>();

    Training(boolean frozen) {
      int batch = workload.batch();
      HostTensor inputs = workload.inputs(model, batch);
      CrossEntropy objective = CrossEntropy.of(workload.labels().classes().size());
      TrainingGraph graph =
          TrainingGraph.of(
              model,
              Map.of(Networks.INPUT, inputs.type()),
              batch,
              objective,
              List.of(new ParameterGroup(GROUP, Workload.trainable(model, frozen), 1)),
              frozen ? BatchNormPolicy.FROZEN_STATISTICS : BatchNormPolicy.BATCH_STATISTICS,
              workload.settings());
      ParameterStore start = model.parameters().filter(graph.state()::contains);
      state = backend.newState(start.with(graph.slots()));
      program =
          backend.compile(
              graph.graph(), model.parameters(), new CompileOptions(graph.state(), precision));
      float[] weights = new float[batch];
      Arrays.fill(weights, 1f / batch);
      feeds.put(Networks.INPUT, inputs);
      feeds.put(TrainingGraph.WEIGHTS, HostTensor.of(weights, batch));
      feeds.put(TrainingGraph.rate(GROUP), HostTensor.scalar((float) workload.rate()));
      feeds.putAll(
          objective.feeds(
              workload.labels(), new Batch(IntStream.range(0, batch).toArray(), feeds)));
    }

    double step() {
      try (Fetches fetches = program.step(state, feeds)) {
        return fetches.host(TrainingGraph.LOSS).getDouble(0);
      }
    }

    @Override
    public void close() {
      program.close();
      state.close();
    }
  }
}
