package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Program;
import dev.graft.graph.Graph;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.testkit.TrainingCases.Curve;
import dev.graft.testkit.TrainingCases.Training;
import dev.graft.testkit.reference.ReferenceInterpreter;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.Optimizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several threads on one program, on several programs, and compiling at the same time. */
final class ConcurrencyCases {
  static final String GROUP = "concurrency";

  private static final int THREADS = 4;
  private static final int RUNS = 10;
  private static final Seed SEED = new Seed(17);

  private ConcurrencyCases() {}

  static List<ConformanceCase> all() {
    return List.of(
        ConformanceCase.of(GROUP, "several threads run one program", ConcurrencyCases::one),
        ConformanceCase.of(
            GROUP, "several threads compile and run their own programs", ConcurrencyCases::many),
        ConformanceCase.of(
            GROUP, "training and inference go on side by side", ConcurrencyCases::training));
  }

  private static void inParallel(List<Callable<Object>> tasks) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(tasks.size());
    try {
      for (Future<Object> done : pool.invokeAll(tasks)) {
        done.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    } finally {
      pool.shutdown();
    }
  }

  private static void check(Program program, GraphModel model, int thread, int run) {
    Map<String, HostTensor> feeds =
        SmallModels.batch(model, SEED.derive("thread", thread).derive("run", run), 1 + run % 3);
    Map<String, HostTensor> all = new HashMap<>(model.parameters().asMap());
    all.putAll(feeds);
    Graph graph = model.graph();
    Tolerance.of(DType.FLOAT32)
        .check(
            "logits of thread " + thread,
            ReferenceInterpreter.of(graph).run(all).get(SmallModels.OUTPUT),
            program.runToHost(feeds).get(SmallModels.OUTPUT));
  }

  private static Program compile(Backend backend, GraphModel model) {
    return backend.compile(model.graph(), model.parameters(), CompileOptions.INFERENCE);
  }

  private static void one(Subject s) throws Exception {
    GraphModel model = SmallModels.cnn(SEED);
    try (Program program = compile(s.backend(), model)) {
      List<Callable<Object>> tasks = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        tasks.add(
            () -> {
              for (int run = 0; run < RUNS; run++) {
                check(program, model, thread, run);
              }
              return true;
            });
      }
      inParallel(tasks);
    }
  }

  private static void many(Subject s) throws Exception {
    List<Callable<Object>> tasks = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      Seed own = SEED.derive("model", t);
      GraphModel model =
          t % 2 == 0 ? SmallModels.cnn(own) : SmallModels.mlp(own, SmallModels.FEATURES);
      tasks.add(
          () -> {
            for (int run = 0; run < RUNS; run++) {
              try (Program program = compile(s.backend(), model)) {
                check(program, model, thread, run);
              }
            }
            return true;
          });
    }
    inParallel(tasks);
  }

  private static void training(Subject s) throws Exception {
    GraphModel model = SmallModels.mlp(SEED, SmallModels.FEATURES);
    Training training = Training.of(model, 4, Optimizer.SGD, BatchNormPolicy.FROZEN_STATISTICS);
    Curve alone = training.run(s.backend(), RUNS);
    List<Callable<Object>> tasks = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      tasks.add(
          () -> {
            Curve beside = training.run(s.backend(), RUNS);
            for (int i = 0; i < RUNS; i++) {
              double difference = Math.abs(alone.losses().get(i) - beside.losses().get(i));
              Expect.that(difference <= 1e-4, "the loss of step " + i + " is off by " + difference);
            }
            return true;
          });
    }
    tasks.add(
        () -> {
          try (Program program = compile(s.backend(), model)) {
            for (int run = 0; run < RUNS; run++) {
              check(program, model, 0, run);
            }
          }
          return true;
        });
    inParallel(tasks);
  }
}
