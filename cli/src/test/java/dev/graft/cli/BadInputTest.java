package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.graft.cli.SmallTask.Outcome;
import dev.graft.model.GraphModel;
import dev.graft.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gives one message that says what, where and what to do, and exit code 2. */
class BadInputTest {
  @TempDir Path folder;
  private SmallTask task;

  @BeforeEach
  void write() throws IOException {
    task = new SmallTask(folder);
  }

  // --- models

  @Test
  void aFileThatIsNoModelIsNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "no model at all");
    refused(SmallTask.run("inspect", text.toString()), "text.onnx", "not an ONNX model");
    refused(SmallTask.run("inspect", folder.toString()), "is a folder");
    refused(SmallTask.run("inspect", folder.resolve("none.onnx").toString()), "none.onnx");
  }

  @Test
  void aTruncatedModelIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(task.network);
    Path part = folder.resolve("part.onnx");
    Files.write(part, Arrays.copyOf(whole, whole.length / 2));
    refused(SmallTask.run("inspect", part.toString()), "part.onnx", "truncated");
    Files.write(part, new byte[0]);
    refused(SmallTask.run("inspect", part.toString()), "part.onnx", "is empty");
  }

  @Test
  void allUnsupportedOperatorsAreListed() throws IOException {
    GraphModel model = SmallTask.network();
    ModelProto.Builder proto =
        OnnxWriter.STANDARD.toProto(model.graph(), model.parameters()).toBuilder();
    proto
        .getGraphBuilder()
        .getNodeBuilderList()
        .forEach(
            n -> {
              if (n.getOpType().equals("Relu") || n.getOpType().equals("GlobalAveragePool")) {
                n.setOpType("Fancy" + n.getOpType());
              }
            });
    Path file = folder.resolve("fancy.onnx");
    Files.write(file, proto.build().toByteArray());
    refused(
        SmallTask.run("inspect", file.toString()),
        "fancy.onnx",
        "FancyRelu",
        "FancyGlobalAveragePool");
  }

  @Test
  void aCutThatIsNoValueIsRefusedWithWhatIsNear() {
    refused(task.train("--cut", "featurs"), "'featurs'", "features");
    nothingWasMade();
  }

  // --- data

  @Test
  void aWrongDataFolderIsRefused() {
    refused(task.train("--data", folder.resolve("none").toString()), "none");
    refused(task.train("--data", task.pictures.resolve("red").toString()), "per class");
    nothingWasMade();
  }

  @Test
  void anEmptyClassIsNamed() throws IOException {
    Files.createDirectories(task.pictures.resolve("green"));
    refused(task.train(), "green", "no images");
    nothingWasMade();
  }

  @Test
  void anUnreadableImageIsLeftOutAndReportedOrFatal() throws IOException {
    Files.writeString(task.pictures.resolve("red/broken.png"), "no picture");
    refused(task.train("--strict"), "broken.png");
    nothingWasMade();
    Outcome lenient = task.train("--strategy", "feature-extraction");
    assertEquals(0, lenient.code(), lenient.err());
    assertTrue(lenient.err().contains("left out red/broken.png"), lenient.err());
    assertTrue(lenient.out().contains("12 examples of 2 classes"), lenient.out());
  }

  @Test
  void aClassThatOnlyValidationHasIsRefused() throws IOException {
    Path validation = folder.resolve("validation");
    SmallTask.picture(validation.resolve("red/0.png"), 200, 20, 50);
    SmallTask.picture(validation.resolve("green/0.png"), 0, 0, 51);
    refused(task.train("--val", validation.toString()), "validation", "green", "blue, red");
    nothingWasMade();
  }

  @Test
  void moreLabelsThanImagesAreRefused() throws IOException {
    Path images = folder.resolve("few-images-idx3-ubyte");
    Files.write(images, new byte[] {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7});
    Files.write(folder.resolve("few-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 3, 4});
    refused(task.train("--data", images.toString()), "few-");
  }

  @Test
  void aCifarLabelOutsideTheRangeIsRefused() throws IOException {
    byte[] records = new byte[2 * 3073];
    records[3073] = 77;
    Path file = folder.resolve("pictures.bin");
    Files.write(file, records);
    refused(task.train("--data", file.toString()), "77", "0 to 9");
  }

  // --- training

  @Test
  void divergenceSaysTheStepAndKeepsTheLastGoodNetwork() {
    Outcome outcome =
        task.train("--strategy", "fine-tuning", "--optimizer", "sgd", "--rate", "1e38");
    refused(outcome, "diverged", "at step ", "last-good.onnx");
    String kept = folder.resolve("made/last-good.onnx").toString();
    assertEquals(0, SmallTask.run("inspect", kept).code());
    assertFalse(Files.exists(folder.resolve("made/bundle.json")));
  }

  @Test
  void unknownNamesAreRefusedWithThoseThereAre() {
    refused(task.train("--strategy", "magic"), "'magic'", "'fine-tuning'");
    refused(task.train("--backend", "magic"), "'magic'", "'onnx'");
    refused(task.train("--device", "tpu"), "'tpu'", "gpu:N");
    refused(task.train("--optimizer", "magic"), "'magic'", "--optimizer");
    refused(task.train("--epochs", "0"), "epochs", "at least 1");
    refused(task.train("--epchs", "1"), "--epchs", "--epochs");
    refused(SmallTask.run("trian"), "trian", "train");
    nothingWasMade();
  }

  @Test
  void aDeviceThatIsNotThereIsRefused() {
    refused(task.train("--device", "gpu:97"), "gpu:97");
    nothingWasMade();
  }

  // --- output

  @Test
  void aPlaceThatCannotBeWrittenIsFoundBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "kept");
    refused(task.train("--out", file.resolve("deeper/still").toString()), "file is a file");
    refused(task.train("--out", file.toString()), "file is a file");
    assertEquals("kept", Files.readString(file));
  }

  @Test
  void predictNeedsABundleAndInputsThatAreThere() {
    refused(SmallTask.run("predict", "--model", folder.toString(), "x.png"), "bundle.json");
    assertEquals(0, task.train("--strategy", "feature-extraction").code());
    Path made = folder.resolve("made");
    refused(SmallTask.run("predict", "--model", made.toString(), "none.png"), "none.png");
  }

  // --- suites and cases

  @Test
  void aSuiteWithAnUnknownKeySaysWhichAndWhatIsAllowed() throws IOException {
    Path suite = Files.writeString(folder.resolve("suite.yaml"), "suite: x\nmodles: []\n");
    Path report = folder.resolve("report");
    refused(
        SmallTask.run("bench", "run", suite.toString(), "--out", report.toString()),
        "'modles'",
        "Allowed: backends");
    assertFalse(Files.exists(report));
  }

  @Test
  void runsThatAreNotThereCannotBeCompared() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path report = folder.resolve("report");
    refused(
        SmallTask.run("bench", "compare", empty.toString(), "gone", "--out", report.toString()),
        "has no results.jsonl");
    assertFalse(Files.exists(report));
  }

  @Test
  void conformanceCasesThatAreNotThereAreNamed() {
    refused(SmallTask.run("conformance", "--nodes", folder.resolve("none").toString()), "none");
  }

  /** Exit code 2, no trace, one message, and it has these words. */
  private static void refused(Outcome outcome, String... words) {
    String all = outcome.out() + outcome.err();
    assertEquals(2, outcome.code(), all);
    assertTrue(outcome.err().lines().anyMatch(l -> l.startsWith("graft: ")), all);
    assertFalse(all.contains("\tat "), all);
    for (String word : words) {
      assertTrue(outcome.err().contains(word), "no '" + word + "' in: " + all);
    }
  }

  private void nothingWasMade() {
    assertFalse(Files.exists(folder.resolve("made")));
    try (Stream<Path> files = Files.list(folder)) {
      assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith(".")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
