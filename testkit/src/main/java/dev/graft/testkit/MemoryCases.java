package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.random.Seed;
import dev.graft.testkit.TrainingCases.Training;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory stays flat: over 500 training steps, and over 50 programs and backends opened and
 * closed.
 *
 * <p>The process's memory is measured after every round. A leak makes it grow in each of them; the
 * Java heap breathes, but not always in. So one flat round after the first is enough, and sizes are
 * such that what leaks would be several times what is allowed.
 */
final class MemoryCases {
  static final String GROUP = "memory";

  private static final Seed SEED = new Seed(23);
  private static final int ROUNDS = 4;

  /** What a round may grow by, in bytes. */
  private static final long SLACK = 20L << 20;

  private MemoryCases() {}

  static List<ConformanceCase> all() {
    return List.of(
        ConformanceCase.of(GROUP, "flat over 500 training steps", MemoryCases::steps),
        ConformanceCase.of(
            GROUP,
            "flat over 52 programs opened and closed",
            s -> {
              Training training = manyParameters();
              flat(13, i -> once(training, s.backend()));
            }),
        ConformanceCase.of(
            GROUP,
            "flat over 52 backends opened and closed",
            s -> {
              Training training = manyParameters();
              flat(
                  13,
                  i -> {
                    try (Backend backend = s.open().get()) {
                      once(training, backend);
                    }
                  });
            }));
  }

  /** Half a mebibyte of data for every step: 60 in a round. */
  private static void steps(Subject s) throws IOException {
    Training training = training(2048, 64);
    try (Program program = training.compile(s.backend());
        State state = training.newState(s.backend())) {
      flat(125, i -> training.step(program, state, i));
    }
  }

  /** Four mebibytes of parameters and moments for every program: 50 in a round. */
  private static Training manyParameters() {
    return training(50_000, 2);
  }

  private static Training training(int features, int batch) {
    return Training.of(
        SmallModels.mlp(SEED, features), batch, Optimizer.SGD, BatchNormPolicy.FROZEN_STATISTICS);
  }

  private static void once(Training training, Backend backend) {
    try (Program program = training.compile(backend);
        State state = training.newState(backend)) {
      training.step(program, state, 0);
    }
  }

  /** Something done again and again. */
  private interface Action {
    void run(int i);
  }

  private static void flat(int perRound, Action action) throws IOException {
    List<Long> growth = new ArrayList<>();
    long before = resident();
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < perRound; i++) {
        action.run(i);
      }
      long now = resident();
      growth.add((now - before) >> 20);
      before = now;
    }
    Expect.that(
        growth.subList(1, ROUNDS).stream().anyMatch(mebibytes -> mebibytes << 20 <= SLACK),
        "memory grew in every round, by " + growth + " MiB");
  }

  /** The memory of this process in bytes, after a collection of the heap. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      throw new SkippedException("this system does not tell a process's memory in " + status);
    }
    System.gc();
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(kib -> Long.parseLong(kib) << 10)
        .findFirst()
        .orElseThrow(() -> new SkippedException(status + " has no VmRSS"));
  }
}
