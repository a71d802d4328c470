package dev.graft.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.train.Optimizer;
import dev.graft.train.TrainingSettings;
import dev.graft.train.Tuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteReaderTest {
  private static final String GOOD =
      """
      suite: insects
      title: Ants or bees?
      models:
        - name: mobilenet
          file: model.onnx
          preprocessing: {type: image, size: 224, scaling: x/127.5-1}
          trainedOn: ImageNet
          classes: [ant, bee, cup]
      data:
        - name: hymenoptera
          train: train
          test: val
      strategies:
        - from-scratch
        - name: fine-tuning
          training: {schedule: {rate: 0.002}}
      backends: [onnx]
      labelsPerClass: [5, 10, all]
      seeds: 3
      training:
        steps: 200
        batchSize: 16
        optimization: {rule: SGD}
      """;

  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    Files.createFile(folder.resolve("model.onnx"));
    Files.createDirectory(folder.resolve("train"));
    Files.createDirectory(folder.resolve("val"));
  }

  private SuiteFile read(String yaml) throws IOException {
    Path file = folder.resolve("suite.yaml");
    Files.writeString(file, yaml);
    return SuiteReader.read(file, Optional.empty());
  }

  private String problems(String yaml) {
    return assertThrows(DataException.class, () -> read(yaml)).getMessage();
  }

  @Test
  void everythingIsRead() throws IOException {
    SuiteFile suite = read(GOOD);
    assertEquals("insects", suite.name());
    assertEquals(List.of(5, 10, Cell.ALL), suite.labelsPerClass());
    assertEquals(List.of(0L, 1L, 2L), suite.seeds());
    assertEquals(List.of("ant", "bee", "cup"), SuiteModel.trainedClasses(suite.models().get(0)));
    assertEquals(
        new SuiteFile.TestPart.Separate(folder.resolve("val")), suite.data().get(0).test());
    SuiteFile.Arm scratch = suite.strategies().get(0);
    SuiteFile.Arm tuned = suite.strategies().get(1);
    assertEquals(16, scratch.training().batchSize());
    assertEquals(Optimizer.SGD, tuned.training().optimization().rule());
    assertEquals(0.002, tuned.training().schedule().rate(), 1e-12);
    assertEquals(200, tuned.steps().orElseThrow());
  }

  @Test
  void anEngineIsGivenItsDeviceAndItsPrecision() throws IOException {
    SuiteFile suite =
        read(GOOD.replace("[onnx]", "[onnx, {name: onnx, device: cpu, precision: bf16}]"));
    List<SuiteFile.Engine> engines = suite.backends();
    assertEquals(new SuiteFile.Engine("onnx", Place.CPU), engines.get(0));
    assertEquals("cpu bfloat16", engines.get(1).place().toString());
    assertEquals(engines.get(1).place(), Place.parse(engines.get(1).place().toString()));
    String message = problems(GOOD.replace("[onnx]", "[{name: onnx, precision: fp8}]"));
    assertTrue(message.contains("backends[1]: no precision is called 'fp8'"), message);
  }

  @Test
  void everyPartOfTheSettingsCanBeGiven() throws IOException {
    TrainingSettings s =
        read(GOOD.replace(
                "training: {schedule: {rate: 0.002}}",
                "training: {tuning: {method: LORA, lora: {rank: 2}, freeze: [stem*]},"
                    + " augmentation: {flip: true, crop: 0.4},"
                    + " optimization: {accumulation: 3}}"))
            .strategies()
            .get(1)
            .training();
    assertEquals(Tuning.Method.LORA, s.tuning().method());
    assertEquals(2, s.tuning().lora().rank());
    assertEquals(Tuning.Lora.DEFAULT.alpha(), s.tuning().lora().alpha(), 0);
    assertEquals(List.of("stem*"), s.tuning().freeze());
    assertEquals(0.4, s.augmentation().crop(), 0);
    assertEquals(3, s.optimization().accumulation());
    assertEquals(Optimizer.SGD, s.optimization().rule());
  }

  @Test
  void armsHaveNamesOfTheirOwn() throws IOException {
    SuiteFile suite =
        read(
            GOOD.replace(
                "  - from-scratch\n",
                "  - from-scratch\n"
                    + "  - {name: LoRA, strategy: fine-tuning, training: {tuning: {method: LORA}}}\n"
                    + "  - {name: small, strategy: from-scratch, model: log-mel-cnn}\n"));
    assertEquals(
        List.of("from-scratch", "LoRA", "small", "fine-tuning"),
        suite.strategies().stream().map(SuiteFile.Arm::name).toList());
    assertEquals("fine-tuning", suite.strategies().get(1).strategy());
    assertEquals("log-mel-cnn", suite.strategies().get(2).network().orElseThrow().name());
    assertTrue(Fairness.of(suite).contains("'small' is another network, 'log-mel-cnn'."));
  }

  @Test
  void unknownKeyIsNamedWithThoseAllowed() {
    String message = problems(GOOD.replace("seeds: 3", "seed: 3"));
    assertTrue(message.contains("unknown key 'seed'. Closest: seeds"), message);
    assertTrue(message.contains("Allowed: backends, baseline, data"), message);
  }

  @Test
  void unknownKeyDeepInsideSaysWhere() {
    String message = problems(GOOD.replace("{rate:", "{learnRate:"));
    assertTrue(
        message.contains("strategies[2].training.schedule: unknown key 'learnRate'"), message);
    assertTrue(message.contains("warmUp"), message);
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    String message =
        problems(
            GOOD.replace("file: model.onnx", "file: lost.onnx")
                .replace("- from-scratch", "- from-nothing")
                .replace("backends: [onnx]", "backends: [abacus]")
                .replace("labelsPerClass: [5, 10, all]", "labelsPerClass: [5, -1]")
                .replace("batchSize: 16", "batchSize: 0"));
    for (String part :
        List.of(
            "models[1].file: there is no file or folder",
            "no strategy 'from-nothing'",
            "no backend 'abacus'",
            "labelsPerClass[2]: must be a whole number from 1, but is -1",
            "training: batchSize must be at least 1")) {
      assertTrue(message.contains(part), part + " is missing in: " + message);
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    String message = problems("suite: empty\n");
    for (String key : List.of("models", "data", "strategies")) {
      assertTrue(message.contains("'" + key + "' is missing"), message);
    }
  }

  @Test
  void aModelThatIsNamedMustBeOnTheClassPath() {
    String message = problems(GOOD.replace("data:", "  - {name: texts, model: maxilm}\ndata:"));
    assertTrue(message.contains("models[2].model: there is no model 'maxilm'"), message);
  }

  @Test
  void preprocessingIsCheckedBeforeAnythingRuns() {
    String message = problems(GOOD.replace("size: 224", "sise: 224"));
    assertTrue(message.contains("models[1].preprocessing"), message);
  }

  @Test
  void brokenYamlSaysTheLine() {
    String message = problems("suite: x\nmodels: [");
    assertTrue(message.contains("no valid YAML, line"), message);
  }

  @Test
  void stepsAndEpochsTogetherAreRefused() {
    String message = problems(GOOD.replace("steps: 200", "steps: 200\n  epochs: 3"));
    assertTrue(message.contains("not both"), message);
  }
}
