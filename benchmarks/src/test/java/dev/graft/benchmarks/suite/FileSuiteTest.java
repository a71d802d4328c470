package dev.graft.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.benchmarks.report.Findings;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.onnx.OnnxWriter;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.train.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A suite from a file, run as a whole on a small network and made-up rows. */
class FileSuiteTest {
  private static final String SUITE =
      """
      suite: rows
      models:
        - name: whole
          file: net.onnx
          preprocessing: {type: tensor, shape: [4]}
        - name: lower half
          file: net.onnx
          cut: hidden
          preprocessing: {type: tensor, shape: [4]}
        - name: cut nowhere
          file: net.onnx
          cut: attic
          preprocessing: {type: tensor, shape: [4]}
      data:
        - name: two classes
          train: rows.csv
      strategies:
        - from-scratch
        - feature-extraction
        - name: fine-tuning
          training: {schedule: {rate: 0.01}}
        - name: hidden features
          strategy: feature-extraction
          cut: hidden
      backends: [onnx]
      labelsPerClass: [12]
      seeds: 2
      threads: 1
      training:
        steps: 10
        stopping: {validationFraction: 0}
      """;

  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    GraphBuilder b = new GraphBuilder();
    Shape rows = new Shape(List.of(Dim.symbol("batch"), Dim.of(4)));
    Value x = b.input("input", new TensorType(DType.FLOAT32, rows));
    Value lower = b.parameter("lower.weight", TensorType.of(DType.FLOAT32, 4, 8));
    Value upper = b.parameter("upper.weight", TensorType.of(DType.FLOAT32, 8, 3));
    Value hidden = b.op("Relu", b.op("MatMul", x, lower));
    b.output(b.op("Relu", b.op("MatMul", hidden, upper)), "features");
    GraphModel network = new GraphModel(b.build(), Initialization.all(b.build(), new Seed(3)));
    OnnxWriter.STANDARD.write(network, folder.resolve("net.onnx"));
    List<String> lines = new ArrayList<>(List.of("a,b,c,d,label"));
    Seed noise = new Seed(5);
    for (int i = 0; i < 80; i++) {
      String label = i % 2 == 0 ? "even" : "odd";
      double shift = i % 2 == 0 ? -1 : 1;
      StringBuilder line = new StringBuilder();
      for (int k = 0; k < 4; k++) {
        line.append(shift + 0.5 * noise.derive("row", i).gaussian(k)).append(',');
      }
      lines.add(line + label);
    }
    Files.write(folder.resolve("rows.csv"), lines);
    Files.writeString(
        folder.resolve("suite.yaml"), SUITE.replace("cut: hidden", "cut: " + hidden.name()));
  }

  private Findings run() throws IOException {
    Path file = folder.resolve("suite.yaml");
    return FileSuite.run(
        SuiteReader.read(file, Optional.empty()),
        file,
        folder.resolve("out"),
        SuiteProgress.SILENT,
        Cancellation.NEVER);
  }

  private List<CellResult> cells(Predicate<Cell> which) throws IOException {
    return ResultLog.read(folder.resolve("out")).stream()
        .filter(r -> which.test(r.cell()))
        .toList();
  }

  @Test
  void cellsOfANetworkThatCannotBeCutFailAndTheOthersGoOn() throws IOException {
    Findings found = run();
    assertEquals(6, found.failures().size());
    for (CellResult failed : found.failures()) {
      assertEquals("cut nowhere", failed.cell().model());
      assertTrue(failed.outcome().error().contains("attic"), failed.outcome().error());
    }
    assertEquals(3, found.stories().size());
    assertEquals(16, cells(c -> !c.model().equals("cut nowhere")).size());
  }

  @Test
  void aCellSaysHowTrainingWentAndWhetherFeaturesWereKept() throws IOException {
    run();
    // The clock ticks every ten milliseconds, which is longer than the shortest of these cells.
    assertTrue(cells(c -> true).stream().mapToDouble(r -> r.outcome().cpuSeconds()).sum() > 0);
    for (CellResult r : cells(c -> c.model().equals("whole"))) {
      boolean steps = !r.cell().strategy().matches("feature-extraction|hidden features");
      assertEquals(steps, !r.outcome().training().isEmpty(), r.toString());
      if (steps) {
        Outcome.TrainingPoint first = r.outcome().training().get(0);
        assertTrue(first.step() >= 1, r.toString());
        assertTrue(first.metrics().containsKey("loss"), r.toString());
      }
      assertFalse(r.outcome().versions().isEmpty(), r.toString());
    }
    assertEquals(
        List.of(Outcome.Cache.COLD, Outcome.Cache.COLD),
        cells(c -> c.strategy().equals("feature-extraction") && c.model().equals("whole")).stream()
            .map(r -> r.outcome().cache())
            .toList(),
        "each seed draws other examples, so their features are new");
  }

  @Test
  void aNetworkIsCutWhereTheFileSays() throws IOException {
    run();
    double whole = likelihood("whole", "feature-extraction");
    double lower = likelihood("lower half", "feature-extraction");
    assertEquals(lower, likelihood("whole", "hidden features"), 1e-6, "the arm's own cut");
    assertTrue(lower > 0.7, "eight features of the hidden layer: " + lower);
    assertTrue(whole != lower, "three features of the last layer: " + whole);
  }

  private double likelihood(String model, String arm) throws IOException {
    return cells(c -> c.model().equals(model) && c.strategy().equals(arm)).stream()
        .mapToDouble(r -> r.outcome().metrics().get("log-loss"))
        .map(loss -> Math.exp(-loss))
        .average()
        .orElseThrow();
  }
}
