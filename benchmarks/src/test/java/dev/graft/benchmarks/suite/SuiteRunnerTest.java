package dev.graft.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.eval.Calibration;
import dev.graft.train.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteRunnerTest {
  @TempDir Path directory;

  private final Set<Cell> ran = ConcurrentHashMap.newKeySet();

  private static Cell cell(long seed, String settings) {
    return new Cell("s", "digits", "cnn", "fine-tuning", "onnx", "cpu", 5, seed, settings);
  }

  private static List<Cell> cells(int n) {
    return LongStream.range(0, n).mapToObj(s -> cell(s, "a")).toList();
  }

  private static Outcome outcome(double accuracy) {
    return new Outcome(
        Outcome.Status.DONE,
        Map.of("accuracy", accuracy),
        900,
        Map.of("training", 0.25),
        0,
        List.of(new Outcome.TrainingPoint(8, Map.of("loss", 0.5))),
        List.of(new Calibration.Bin(900, 0.5, 0.25)),
        0,
        Map.of("java", "17"),
        Outcome.Cache.COLD,
        List.of("a note"),
        "");
  }

  private Outcome runCell(Cell cell) {
    ran.add(cell);
    return outcome(cell.seed() / 100.0);
  }

  private List<CellResult> run(List<Cell> cells, CellRunner runner, int workers)
      throws IOException {
    ran.clear();
    return new SuiteRunner(cells, runner, workers, SuiteProgress.SILENT, Cancellation.NEVER)
        .run(directory);
  }

  @Test
  void resultsSurviveTheFile() throws IOException {
    List<CellResult> first = run(cells(3), (c, x) -> runCell(c), 1);
    List<CellResult> again = run(cells(3), (c, x) -> runCell(c), 1);
    assertEquals(first, again);
    Outcome o = again.get(2).outcome();
    assertEquals(0.02, o.metrics().get("accuracy"), 1e-12);
    assertEquals(Outcome.Cache.COLD, o.cache());
    assertEquals(List.of("a note"), o.notes());
    assertTrue(o.seconds().get("total") >= 0);
    assertEquals(
        List.of(new Outcome.TrainingPoint(8, Map.of("loss", 0.5))),
        again.get(0).outcome().training());
  }

  @Test
  void processorTimeOfACellIsMeasured() throws IOException {
    CellRunner busy =
        (c, x) -> {
          double sum = 0;
          for (int i = 0; i < 30_000_000; i++) {
            sum += Math.sqrt(i);
          }
          return outcome(sum > 0 ? 1 : 0);
        };
    for (int workers : new int[] {1, 2}) {
      run(List.of(cell(workers, "cpu")), busy, workers)
          .forEach(r -> assertTrue(r.outcome().cpuSeconds() > 0.005, r.toString()));
    }
  }

  @Test
  void finishedCellsAreNotRunAgain() throws IOException {
    run(cells(4), (c, x) -> runCell(c), 2);
    assertEquals(4, ran.size());
    List<CellResult> all = run(cells(6), (c, x) -> runCell(c), 2);
    assertEquals(Set.of(cell(4, "a"), cell(5, "a")), ran);
    assertEquals(cells(6), all.stream().map(CellResult::cell).toList());
  }

  @Test
  void changedSettingsAreOtherCells() throws IOException {
    run(cells(2), (c, x) -> runCell(c), 1);
    List<CellResult> all = run(List.of(cell(0, "b")), (c, x) -> runCell(c), 1);
    assertEquals(Set.of(cell(0, "b")), ran);
    assertEquals(1, all.size());
  }

  @Test
  void tornLastLineIsDroppedAndItsCellRunAgain() throws IOException {
    run(cells(3), (c, x) -> runCell(c), 1);
    Path file = directory.resolve(ResultLog.FILE);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 20));
    List<CellResult> all = run(cells(3), (c, x) -> runCell(c), 1);
    assertEquals(Set.of(cell(2, "a")), ran);
    assertEquals(3, all.size());
    assertEquals(3, Files.readAllLines(file).size());
  }

  @Test
  void linesOfEarlierVersionsAreStillRead() throws IOException {
    run(cells(2), (c, x) -> runCell(c), 1);
    Path file = directory.resolve(ResultLog.FILE);
    String lines = Files.readString(file);
    String earlier = lines.replaceAll("\"(training|calibration)\":\\[.*?\\],", "");
    assertTrue(earlier.length() < lines.length());
    Files.writeString(file, earlier);
    List<CellResult> all = run(cells(2), (c, x) -> runCell(c), 1);
    assertEquals(Set.of(), ran);
    assertEquals(List.of(), all.get(0).outcome().training());
    assertEquals(List.of(), all.get(0).outcome().calibration());
  }

  @Test
  void damagedLineInTheMiddleIsNamed() throws IOException {
    run(cells(2), (c, x) -> runCell(c), 1);
    Path file = directory.resolve(ResultLog.FILE);
    List<String> lines = Files.readAllLines(file);
    Files.write(file, List.of(lines.get(0), "garbage", lines.get(1)));
    DataException e =
        assertThrows(DataException.class, () -> run(cells(2), (c, x) -> runCell(c), 1));
    assertTrue(e.getMessage().contains("line 2"), e.getMessage());
  }

  @Test
  void failingCellIsRecordedAndTheOthersGoOn() throws IOException {
    CellRunner failing =
        (c, x) -> {
          if (c.seed() == 1) {
            throw new IllegalStateException("no memory for seed 1");
          }
          return runCell(c);
        };
    List<CellResult> all = run(cells(3), failing, 1);
    assertEquals(3, all.size());
    Outcome failed = all.get(1).outcome();
    assertFalse(failed.isDone());
    assertEquals("no memory for seed 1", failed.error());
    String line = Files.readAllLines(directory.resolve(ResultLog.FILE)).get(1);
    assertTrue(line.contains("\"status\":\"failed\""), line);

    run(cells(3), (c, x) -> runCell(c), 1);
    assertEquals(Set.of(cell(1, "a")), ran, "only the failed cell is tried again");
  }

  @Test
  void cancelledCellsLeaveNoTrace() throws IOException {
    CellRunner cancelled =
        (c, x) -> {
          if (c.seed() == 2) {
            throw new CancellationException();
          }
          return runCell(c);
        };
    assertEquals(2, run(cells(5), cancelled, 1).size());
    assertEquals(5, run(cells(5), (c, x) -> runCell(c), 1).size());
  }

  @Test
  void twoRunsCannotShareADirectory() throws IOException {
    try (ResultLog held = ResultLog.open(directory)) {
      DataException e = assertThrows(DataException.class, () -> ResultLog.open(directory));
      assertTrue(e.getMessage().contains("another run"), e.getMessage());
      assertEquals(List.of(), held.results());
    }
  }

  @Test
  void progressCountsCellsOfEarlierRuns() throws IOException {
    run(cells(2), (c, x) -> runCell(c), 1);
    ConcurrentLinkedQueue<Integer> counts = new ConcurrentLinkedQueue<>();
    new SuiteRunner(
            cells(4),
            (c, x) -> runCell(c),
            1,
            (done, total, last) -> counts.add(done),
            Cancellation.NEVER)
        .run(directory);
    assertEquals(List.of(2, 3, 4), List.copyOf(counts));
  }

  @Test
  void aLineSaysAllThatWasAskedFor() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve(ResultLog.FILE), "", StandardOpenOption.CREATE); // an empty file is fine
    run(cells(1), (c, x) -> runCell(c), 1);
    String line = Files.readString(directory.resolve(ResultLog.FILE));
    for (String key :
        List.of(
            "suite",
            "data",
            "model",
            "strategy",
            "backend",
            "device",
            "labelsPerClass",
            "seed",
            "metrics",
            "seconds",
            "cpuSeconds",
            "training",
            "peakMemoryMiB",
            "versions",
            "cache")) {
      assertTrue(line.contains("\"" + key + "\":"), key + " is missing in " + line);
    }
  }
}
