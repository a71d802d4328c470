package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.cli.SmallTask.Outcome;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.model.GraphModel;
import dev.graft.onnx.OnnxWriter;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands do what their help says, on a task that is learnt in a moment. */
class CommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private SmallTask task;

  @BeforeEach
  void write() throws IOException {
    task = new SmallTask(folder);
  }

  @Test
  void trainWritesABundleWithItsMetrics() throws IOException {
    Outcome outcome =
        task.train("--strategy", "feature-extraction", "--val", task.pictures.toString());
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains("trainable 10, frozen 108"), outcome.out());
    assertTrue(outcome.out().contains("cut at 'features'"), outcome.out());
    Path made = folder.resolve("made");
    for (String name : List.of("model.onnx", "bundle.json", "MODEL_CARD.md", "metrics.json")) {
      assertTrue(Files.size(made.resolve(name)) > 0, name);
    }
    JsonNode metrics = JSON.readTree(made.resolve("metrics.json").toFile());
    assertEquals("onnx", metrics.path("backend").asText());
    assertEquals(1.0, metrics.path("validation").path("accuracy").asDouble());
    assertEquals("blue", metrics.path("classes").path(0).asText());
  }

  @Test
  void partsThatDecideNothingAreMeasuredAndWrittenIntoTheBundle() throws IOException {
    Path grey = folder.resolve("grey");
    SmallTask.picture(grey.resolve("any/0.png"), 90, 90, 7);
    SmallTask.picture(grey.resolve("any/1.png"), 110, 110, 8);
    Outcome outcome =
        task.train(
            "--strategy",
            "feature-extraction",
            "--test",
            task.pictures.toString(),
            "--out-of-scope",
            grey.toString());
    assertEquals(0, outcome.code(), outcome.err());
    Path made = folder.resolve("made");
    JsonNode metrics = JSON.readTree(made.resolve("metrics.json").toFile());
    assertEquals(1.0, metrics.path("test").path("accuracy").asDouble());
    assertEquals(1.0, metrics.path("out-of-scope").path("auc").asDouble());
    String card = Files.readString(made.resolve("MODEL_CARD.md"));
    assertTrue(card.contains("- out-of-scope/auc: 1.0000"), card);
    assertTrue(card.contains("- test/accuracy: 1.0000"), card);
  }

  @Test
  void whatIsOutOfScopeNeedsExamplesOfTheClassesBesideIt() {
    Outcome outcome = task.train("--out-of-scope", task.pictures.toString());
    assertEquals(2, outcome.code());
    assertTrue(outcome.err().contains("give --test or --val"), outcome.err());
  }

  @Test
  void everyStrategyMakesAModelThatPredictsInTheOrderOfItsInputs() throws IOException {
    for (String strategy : List.of("feature-extraction", "fine-tuning", "from-scratch")) {
      Outcome trained = task.train("--strategy", strategy, "--epochs", "2", "--seed", "3");
      assertEquals(0, trained.code(), strategy + ": " + trained.err());
      Path red = task.pictures.resolve("red/1.png");
      Path blue = task.pictures.resolve("blue/1.png");
      Outcome predicted =
          SmallTask.run(
              "predict",
              "--backend",
              "onnx",
              "--model",
              folder.resolve("made").toString(),
              red.toString(),
              blue.toString(),
              red.toString());
      assertEquals(0, predicted.code(), predicted.err());
      List<JsonNode> lines = new ArrayList<>();
      for (String line : predicted.out().lines().toList()) {
        lines.add(JSON.readTree(line));
      }
      assertEquals(3, lines.size());
      assertTrue(lines.get(0).path("input").asText().contains("red"), predicted.out());
      assertTrue(lines.get(1).path("input").asText().contains("blue"), predicted.out());
      assertEquals(lines.get(0), lines.get(2));
      for (JsonNode line : lines) {
        JsonNode probabilities = line.path("probabilities");
        double sum = probabilities.path("blue").asDouble() + probabilities.path("red").asDouble();
        assertEquals(1, sum, 1e-6);
        assertEquals(
            line.path("probability").asDouble(),
            probabilities.path(line.path("label").asText()).asDouble());
      }
      if (!strategy.equals("from-scratch")) {
        assertEquals("red", lines.get(0).path("label").asText());
        assertEquals("blue", lines.get(1).path("label").asText());
      }
    }
  }

  @Test
  void predictLeavesOutAnUnreadableImageUnlessItIsStrict() throws IOException {
    assertEquals(0, task.train("--strategy", "feature-extraction").code());
    Path broken = Files.writeString(folder.resolve("broken.png"), "no picture");
    Path good = task.pictures.resolve("red/2.png");
    String[] command = {
      "predict", "--model", folder.resolve("made").toString(), broken.toString(), good.toString()
    };
    Outcome lenient = SmallTask.run(command);
    assertEquals(0, lenient.code(), lenient.err());
    assertEquals(1, lenient.out().lines().count());
    assertTrue(lenient.err().contains("left out"), lenient.err());
    String[] strict = Arrays.copyOf(command, command.length + 1);
    strict[command.length] = "--strict";
    assertEquals(2, SmallTask.run(strict).code());
  }

  @Test
  void inspectShowsWhatAFileHoldsAndWhereItCanBeCut() {
    Outcome outcome = SmallTask.run("inspect", "--parameters", task.network.toString());
    assertEquals(0, outcome.code(), outcome.err());
    for (String words :
        List.of("pixels", "features", "GlobalAveragePool", "108 in 1 tensors", "conv.weight")) {
      assertTrue(outcome.out().contains(words), words + " is not in " + outcome.out());
    }
  }

  @Test
  void backendsAreShownWithTheirVersions() {
    Outcome outcome = SmallTask.run("backends");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains("onnxruntime 1."), outcome.out());
    assertTrue(outcome.out().contains("reference"), outcome.out());
  }

  @Test
  void conformanceCountsCasesAndFailsOnAWrongOne() throws IOException {
    Path nodes = folder.resolve("nodes");
    reluCase(nodes.resolve("test_right"), 3);
    String[] command = {"conformance", "--backend", "onnx", "--nodes", nodes.toString()};
    Outcome right = SmallTask.run(command);
    assertEquals(0, right.code(), right.out() + right.err());
    assertTrue(right.out().contains("test_right"), right.out());
    reluCase(nodes.resolve("test_wrong"), 4);
    Path json = folder.resolve("cases.json");
    String[] more = Arrays.copyOf(command, command.length + 2);
    more[command.length] = "--json";
    more[command.length + 1] = json.toString();
    assertEquals(1, SmallTask.run(more).code());
    assertTrue(JSON.readTree(json.toFile()).toString().contains("test_wrong"));
  }

  /** A node case in ONNX's format: Relu of (-1, 3). */
  private static void reluCase(Path folder, float second) throws IOException {
    GraphBuilder b = new GraphBuilder();
    b.output(b.op("Relu", b.input("x", TensorType.of(DType.FLOAT32, 2))), "y");
    Path data = Files.createDirectories(folder.resolve("test_data_set_0"));
    OnnxWriter.STANDARD.write(
        new GraphModel(b.build(), ParameterStore.EMPTY), folder.resolve("model.onnx"));
    tensor(data.resolve("input_0.pb"), "x", -1, 3);
    tensor(data.resolve("output_0.pb"), "y", 0, second);
  }

  private static void tensor(Path file, String name, float... values) throws IOException {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(1).addDims(values.length);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    Files.write(file, tensor.build().toByteArray());
  }

  @Test
  void aSuiteIsRunAndTwoRunsAreCompared() throws IOException {
    Path suite =
        Files.writeString(
            folder.resolve("suite.yaml"),
            """
            suite: pictures
            models:
              - {name: net, file: net.onnx, preprocessing: {type: image, size: 8}}
            data:
              - {name: colours, train: pictures, testFraction: 0.5}
            strategies: [from-scratch, feature-extraction]
            backends: [onnx]
            seeds: 2
            threads: 1
            training: {steps: 2, stopping: {validationFraction: 0}}
            """);
    for (String out : List.of("one", "two")) {
      SmallTask.Outcome ran =
          SmallTask.run("bench", "run", suite.toString(), "--out", folder.resolve(out).toString());
      assertEquals(0, ran.code(), ran.err());
      assertEquals(4, Files.readAllLines(folder.resolve(out).resolve("results.jsonl")).size());
    }
    SmallTask.Outcome compared =
        SmallTask.run(
            "bench",
            "compare",
            folder.resolve("one").toString(),
            folder.resolve("two").toString(),
            "--out",
            folder.resolve("compared").toString());
    assertEquals(0, compared.code(), compared.err());
    assertTrue(compared.out().contains("in 0, worse in 0 and no different in 2"), compared.out());
    assertTrue(Files.exists(folder.resolve("compared/compare.html")));
  }

  @Test
  void theRegretOfEachScoreIsPrinted() throws IOException {
    Path suite =
        Files.writeString(
            folder.resolve("suite.yaml"),
            """
            suite: pictures
            models:
              - {name: net, file: net.onnx, preprocessing: {type: image, size: 8}}
              - {name: dark, file: net.onnx, preprocessing: {type: image, size: 8, scaling: x/1e9}}
            data:
              - {name: colours, train: pictures, testFraction: 0.5}
            strategies: [feature-extraction]
            backends: [onnx]
            seeds: 2
            """);
    String[] command = {
      "bench", "regret", suite.toString(), "--out", folder.resolve("out").toString()
    };
    Outcome outcome = SmallTask.run(command);
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains("| task | best by accuracy |"), outcome.out());
    assertTrue(outcome.out().contains("| colours | net 1.000 |"), outcome.out());
    assertTrue(outcome.out().contains("linear-probe"), outcome.out());
    assertEquals(outcome.out(), SmallTask.run(command).out(), "nothing is left to be done");
  }

  @Test
  void helpNamesTheCommands() {
    Outcome outcome = SmallTask.run("--help");
    assertEquals(0, outcome.code());
    for (String command :
        List.of("train", "predict", "inspect", "bench", "backends", "conformance")) {
      assertTrue(outcome.out().contains(command), outcome.out());
    }
  }

  @Test
  void findRateDrawsTheLossesAndTrainsNothing() throws IOException {
    Path plot = folder.resolve("rates.svg");
    Outcome outcome = task.train("--find-rate", plot.toString());
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains("a good --rate is"), outcome.out());
    assertTrue(Files.readString(plot).contains("<polyline"), "no curve in " + plot);
    assertTrue(Files.notExists(folder.resolve("made/model.onnx")));
    Outcome refused =
        task.train("--strategy", "feature-extraction", "--find-rate", plot.toString());
    assertEquals(2, refused.code(), refused.err());
    assertTrue(refused.err().contains("has no learning rate"), refused.err());
  }

  @Test
  void adaptersAndAugmentationAreOptionsOfTraining() throws IOException {
    Outcome outcome =
        task.train(
            "--tune",
            "lora",
            "--lora-rank",
            "1",
            "--augment",
            "flip,crop=0.3,mixup=0.2",
            "--epochs",
            "2",
            "--accumulate",
            "2");
    assertEquals(0, outcome.code(), outcome.err());
    // The kernel has 4x27 elements, its adapter 27 + 4, the head 8 + 2.
    assertTrue(outcome.out().contains("trainable 41, frozen 77"), outcome.out());
  }
}
