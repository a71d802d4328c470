package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.testkit.TrainingCases.Training;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Native memory stays flat: over 500 training steps, and over 50 programs opened and closed. */
final class MemoryCases {
  static final String GROUP = "memory";

  private static final Seed SEED = new Seed(23);

  /** Large enough that a leak of one batch a step, or one program, shows at once. */
  private static final int FEATURES = 2048;

  private static final int BATCH = 64;
  private static final int STEPS = 500;
  private static final int PROGRAMS = 50;

  /** Bytes; the Java heap breathes by some of these, a leak takes three times as much. */
  private static final long SLACK = 64L << 20;

  private MemoryCases() {}

  static List<ConformanceCase> all() {
    return List.of(
        ConformanceCase.of(GROUP, "flat over " + STEPS + " training steps", MemoryCases::steps),
        ConformanceCase.of(
            GROUP, "flat over " + PROGRAMS + " programs opened and closed", MemoryCases::programs),
        ConformanceCase.of(
            GROUP, "flat over " + PROGRAMS + " backends opened and closed", MemoryCases::backends));
  }

  private static Training training() {
    GraphModel model = SmallModels.mlp(SEED, FEATURES);
    return Training.of(model, BATCH, Optimizer.SGD, BatchNormPolicy.FROZEN_STATISTICS);
  }

  private static void steps(Subject s) throws IOException {
    Training training = training();
    try (Program program = training.compile(s.backend());
        State state = training.newState(s.backend())) {
      int warm = STEPS / 4;
      for (int i = 0; i < warm; i++) {
        training.step(program, state, i);
      }
      long before = resident();
      for (int i = warm; i < STEPS; i++) {
        training.step(program, state, i);
      }
      flat(before, (STEPS - warm) + " steps");
    }
  }

  private static void programs(Subject s) throws IOException {
    Training training = training();
    int warm = PROGRAMS / 5;
    for (int i = 0; i < warm; i++) {
      once(training, s.backend());
    }
    long before = resident();
    for (int i = warm; i < PROGRAMS; i++) {
      once(training, s.backend());
    }
    flat(before, (PROGRAMS - warm) + " programs");
  }

  private static void backends(Subject s) throws IOException {
    Training training = training();
    int warm = PROGRAMS / 5;
    for (int i = 0; i < warm; i++) {
      openOnce(s, training);
    }
    long before = resident();
    for (int i = warm; i < PROGRAMS; i++) {
      openOnce(s, training);
    }
    flat(before, (PROGRAMS - warm) + " backends");
  }

  private static void openOnce(Subject s, Training training) {
    try (Backend backend = s.open().get()) {
      once(training, backend);
    }
  }

  private static void once(Training training, Backend backend) {
    try (Program program = training.compile(backend);
        State state = training.newState(backend)) {
      training.step(program, state, 0);
    }
  }

  private static void flat(long before, String over) throws IOException {
    long grown = resident() - before;
    Expect.that(
        grown <= SLACK,
        "memory grew by " + (grown >> 20) + " MiB over " + over + ", allowed " + (SLACK >> 20));
  }

  /** The memory of this process in bytes, after a collection of the heap. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      throw new SkippedException("this system does not tell a process's memory in " + status);
    }
    System.gc();
    System.gc();
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(kib -> Long.parseLong(kib) << 10)
        .findFirst()
        .orElseThrow(() -> new SkippedException(status + " has no VmRSS"));
  }
}
