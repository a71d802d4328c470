package dev.graft.integration;

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
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.CrossEntropy;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TrainingGraph;
import dev.graft.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * A program for a process of its own: loads engines in the order of its arguments, trains on all of
 * them by turns and at once, and ends with an error where they disagree or memory grows.
 */
final class EnginesInOneProcess {
  /** What it prints at the end of a good run. */
  static final String DONE = "all engines agree";

  private static final int BATCH = 16;
  private static final int TOGETHER = 20;
  private static final int ROUNDS = 4;
  private static final int ROUND = 125;
  private static final long SLACK_MEBIBYTES = 20;
  private static final double TOLERANCE = 1e-3;

  private EnginesInOneProcess() {}

  public static void main(String[] order) throws Exception {
    List<Trainee> trainees = new ArrayList<>();
    try {
      for (String name : order) {
        trainees.add(new Trainee(name));
      }
      byTurns(trainees);
      atOnce(trainees);
      flat(trainees);
      System.out.println(DONE);
    } finally {
      for (Trainee trainee : trainees) {
        trainee.close();
      }
    }
  }

  private static void byTurns(List<Trainee> trainees) {
    for (int step = 0; step < TOGETHER; step++) {
      double expected = trainees.get(0).step();
      for (Trainee other : trainees.subList(1, trainees.size())) {
        require(other, step, expected, other.step());
      }
    }
  }

  private static void atOnce(List<Trainee> trainees) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(trainees.size());
    try {
      List<Callable<List<Double>>> tasks = new ArrayList<>();
      for (Trainee trainee : trainees) {
        tasks.add(() -> IntStream.range(0, TOGETHER).mapToObj(i -> trainee.step()).toList());
      }
      List<Future<List<Double>>> losses = pool.invokeAll(tasks);
      for (int i = 1; i < losses.size(); i++) {
        for (int step = 0; step < TOGETHER; step++) {
          require(
              trainees.get(i),
              TOGETHER + step,
              losses.get(0).get().get(step),
              losses.get(i).get().get(step));
        }
      }
    } finally {
      pool.shutdown();
    }
  }

  private static void require(Trainee trainee, int step, double expected, double loss) {
    if (!(Math.abs(loss - expected) <= TOLERANCE * Math.max(0.1, expected))) {
      throw new IllegalStateException(
          "step "
              + step
              + ": "
              + trainee.backend.name()
              + " has the loss "
              + loss
              + ", not "
              + expected);
    }
  }

  /** Five hundred steps of each, by turns; one flat round after the first is enough. */
  private static void flat(List<Trainee> trainees) throws IOException {
    List<Long> growth = new ArrayList<>();
    long before = resident();
    for (int round = 0; round < ROUNDS; round++) {
      for (int step = 0; step < ROUND; step++) {
        trainees.forEach(Trainee::step);
      }
      long now = resident();
      growth.add(now - before);
      before = now;
    }
    System.out.println("memory grew by " + growth + " MiB");
    if (growth.stream().skip(1).noneMatch(mebibytes -> mebibytes <= SLACK_MEBIBYTES)) {
      throw new IllegalStateException("memory grew in every round, by " + growth + " MiB");
    }
  }

  /** Mebibytes of this process after a collection of the heap; 0 where the system has no /proc. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    System.gc();
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElse(0);
  }

  /** A small network that is trained on one engine. */
  private static final class Trainee implements AutoCloseable {
    private final Backend backend;
    private final Program program;
    private final State state;
    private final Map<String, HostTensor> feeds = new HashMap<>();

    Trainee(String name) {
      backend = Backends.discover().get(name).open(Device.CPU, new BackendOptions(1));
      GraphModel model = SmallNetwork.model();
      TensorType type = TensorType.of(DType.FLOAT32, BATCH, 1, 8, 8);
      CrossEntropy objective = CrossEntropy.of(SmallNetwork.CLASSES);
      TrainingGraph graph =
          TrainingGraph.of(
              model,
              Map.of(SmallNetwork.INPUT, type),
              BATCH,
              objective,
              List.of(new ParameterGroup("all", Parameters.of(model.graph()).trainable(), 1)),
              BatchNormPolicy.BATCH_STATISTICS,
              TrainingSettings.DEFAULT.optimization(o -> o.withClipNorm(0)));
      program =
          backend.compile(
              graph.graph(), model.parameters(), CompileOptions.withState(graph.state()));
      state =
          backend.newState(model.parameters().filter(graph.state()::contains).with(graph.slots()));
      feeds.put(SmallNetwork.INPUT, HostTensor.fromDoubles(type, new Seed(8)::gaussian));
      feeds.put(
          TrainingGraph.WEIGHTS, HostTensor.full(TensorType.of(DType.FLOAT32, BATCH), 1.0 / BATCH));
      feeds.put(TrainingGraph.rate("all"), HostTensor.scalar(1e-3f));
      List<String> classes =
          IntStream.range(0, SmallNetwork.CLASSES).mapToObj(Integer::toString).toList();
      int[] labels = IntStream.range(0, BATCH).map(i -> i % SmallNetwork.CLASSES).toArray();
      feeds.putAll(
          objective.feeds(
              new ClassLabels(classes, labels),
              new Batch(IntStream.range(0, BATCH).toArray(), feeds)));
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
      backend.close();
    }
  }
}
