package dev.graft.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.eval.Evaluation;
import dev.graft.train.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that runs a suite is killed as by {@code kill -9}, and another one goes on. */
class KilledSuiteTest {
  private static final int CELLS = 200;

  @TempDir Path directory;

  private static List<Cell> cells() {
    return LongStream.range(0, CELLS)
        .mapToObj(s -> new Cell("s", "digits", "cnn", "fine-tuning", "onnx", "cpu", 5, s, "a"))
        .toList();
  }

  private static Outcome outcome(Cell cell) {
    return Outcome.done(
        Evaluation.of(900, Map.of("accuracy", cell.seed() / 1000.0)),
        Map.of("training", 0.01),
        List.of(),
        Map.of(),
        Outcome.Cache.NONE,
        List.of());
  }

  /** The process that is killed: cells of some milliseconds, two at a time. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      CellRunner slow =
          (cell, cancellation) -> {
            Thread.sleep(20);
            return outcome(cell);
          };
      new SuiteRunner(cells(), slow, 2, SuiteProgress.SILENT, Cancellation.NEVER)
          .run(Path.of(args[0]));
    }
  }

  private long lines() throws IOException {
    Path file = directory.resolve(ResultLog.FILE);
    return Files.exists(file) ? Files.readString(file).lines().count() : 0;
  }

  @Test
  void whatWasFinishedBeforeTheKillIsNotRunAgain() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("child.log").toFile())
            .start();
    try {
      Instant end = Instant.now().plus(Duration.ofSeconds(60));
      while (lines() < 5 && child.isAlive() && Instant.now().isBefore(end)) {
        Thread.sleep(5);
      }
      DataException held =
          assertThrows(DataException.class, () -> ResultLog.open(directory).close());
      assertTrue(held.getMessage().contains("another run"), held.getMessage());
    } finally {
      child.destroyForcibly();
    }
    assertTrue(child.waitFor(30, TimeUnit.SECONDS));
    Set<Long> finished = new TreeSet<>();
    for (CellResult r : ResultLog.read(directory)) {
      finished.add(r.cell().seed());
    }
    String log = Files.readString(directory.resolve("child.log"));
    assertTrue(finished.size() >= 4 && finished.size() < CELLS, finished.size() + " cells; " + log);

    Set<Long> ran = new ConcurrentSkipListSet<>();
    CellRunner counting =
        (cell, cancellation) -> {
          ran.add(cell.seed());
          return outcome(cell);
        };
    List<CellResult> all =
        new SuiteRunner(cells(), counting, 2, SuiteProgress.SILENT, Cancellation.NEVER)
            .run(directory);

    Set<Long> missing = new TreeSet<>();
    cells().forEach(c -> missing.add(c.seed()));
    missing.removeAll(finished);
    assertEquals(missing, ran);
    List<Double> accuracies = new ArrayList<>();
    all.forEach(r -> accuracies.add(r.outcome().metrics().get("accuracy")));
    assertEquals(cells().stream().map(c -> c.seed() / 1000.0).toList(), accuracies);
    assertEquals(CELLS, lines());
  }
}
