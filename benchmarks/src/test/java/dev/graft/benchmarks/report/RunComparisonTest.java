package dev.graft.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.benchmarks.statistics.Verdict;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.Environment;
import dev.graft.benchmarks.suite.Outcome;
import dev.graft.benchmarks.suite.ResultLog;
import dev.graft.benchmarks.suite.SuiteDescription;
import dev.graft.data.DataException;
import dev.graft.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunComparisonTest {
  @TempDir Path folder;

  /** A run of two strategies over ten seeds, the second of which is better by {@code gain}. */
  private Path run(String name, double gain, String engine, int seeds) throws IOException {
    Path directory = folder.resolve(name);
    try (ResultLog log = ResultLog.open(directory)) {
      for (String strategy : List.of("from-scratch", "fine-tuning")) {
        for (long seed = 0; seed < seeds; seed++) {
          Cell cell =
              new Cell("demo", "digits", "cnn", strategy, "onnx", "cpu", 10, seed, "v" + engine);
          double noise = 0.002 * new Seed(seed).derive(name + strategy).gaussian(0);
          double accuracy = 0.8 + noise + (strategy.equals("fine-tuning") ? gain : 0);
          log.append(new CellResult(cell, outcome(accuracy)));
        }
      }
    }
    SuiteDescription suite =
        new SuiteDescription(
            "demo",
            "Demo",
            "",
            "accuracy",
            "from-scratch",
            Map.of(),
            List.of(),
            List.of(),
            List.of());
    List<CellResult> results = ResultLog.read(directory);
    Environment here = Environment.here(Map.of("onnxruntime", engine));
    Reports.write(directory, Findings.of(suite, here, results.size(), results));
    return directory;
  }

  private static Outcome outcome(double accuracy) {
    return new Outcome(
        Outcome.Status.DONE,
        Map.of("accuracy", accuracy),
        500,
        Map.of("total", 2.0),
        1.5,
        List.of(),
        List.of(),
        0,
        Map.of(),
        Outcome.Cache.NONE,
        List.of(),
        "");
  }

  @Test
  void cellsArePairedAndDifferencesAreTested() throws IOException {
    RunComparison runs =
        RunComparison.of(run("old", 0.05, "1.27", 10), run("new", 0.08, "1.28", 10));
    assertEquals(2, runs.rows().size());
    assertEquals(Verdict.NO_DIFFERENCE, runs.rows().get(0).verdict());
    assertEquals(Verdict.HELPS, runs.rows().get(1).verdict());
    assertEquals(0.03, runs.rows().get(1).gain().mean(), 0.003);
    assertEquals(10, runs.rows().get(1).gain().n());
    RunComparison back = RunComparison.of(folder.resolve("new"), folder.resolve("old"));
    assertEquals(Verdict.HURTS, back.rows().get(1).verdict());
  }

  @Test
  void whatIsDifferentAboutTheRunsIsListed() throws IOException {
    RunComparison runs = RunComparison.of(run("old", 0, "1.27", 10), run("new", 0, "1.28", 8));
    assertTrue(
        runs.changes().contains(new RunComparison.Change("onnxruntime", "1.27", "1.28")),
        runs.changes().toString());
    assertTrue(
        runs.changes()
            .contains(new RunComparison.Change("finished cells that only one has", "4", "0")),
        runs.changes().toString());
    RunComparison same = RunComparison.of(folder.resolve("old"), folder.resolve("old"));
    assertEquals(List.of(), same.changes());
    assertEquals(0, same.count(Verdict.HELPS) + same.count(Verdict.HURTS));
  }

  @Test
  void theReportHasNothingOutsideItself() throws IOException {
    RunComparison runs =
        RunComparison.of(run("old", 0.05, "1.27", 10), run("a & b", 0.08, "1.28", 10));
    RunComparisonReport.write(folder, runs);
    String html = Files.readString(folder.resolve("compare.html"));
    assertFalse(html.matches("(?s).*(https?://|<script|<link|src=).*"));
    assertTrue(html.contains("From &#39;old&#39; to &#39;a &amp; b&#39;"));
    assertTrue(html.contains("better (medium)"));
    String markdown = Files.readString(folder.resolve("compare.md"));
    assertTrue(markdown.contains("better than 'old' in 1, worse in 0 and no different in 1"));
    JsonNode json = new ObjectMapper().readTree(folder.resolve("compare.json").toFile());
    assertEquals("better (medium)", json.at("/rows/1/verdict").asText());
    assertEquals(1.5, json.at("/rows/1/seconds/cpuAfter").asDouble());
  }

  @Test
  void runsWithoutACommonCellAreRefused() throws IOException {
    Path old = run("old", 0, "1.27", 2);
    assertTrue(
        assertThrows(DataException.class, () -> RunComparison.of(old, folder.resolve("nowhere")))
            .getMessage()
            .contains("has no results.jsonl"));
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.copy(old.resolve("summary.json"), other.resolve("summary.json"));
    Files.writeString(
        other.resolve(ResultLog.FILE),
        Files.readString(old.resolve(ResultLog.FILE)).replace("\"cnn\"", "\"mlp\""));
    assertTrue(
        assertThrows(DataException.class, () -> RunComparison.of(old, other))
            .getMessage()
            .contains("no finished cell in common"));
  }
}
