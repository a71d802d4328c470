package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.cli.SmallTask.Outcome;
import dev.graft.testkit.SharedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A TorchScript file or a SavedModel folder in the place of an ONNX file. */
class NativeModelTest {
  @TempDir Path folder;
  private SmallTask task;

  @BeforeEach
  void write() throws IOException {
    task = new SmallTask(folder);
  }

  private static String shared(String name) {
    Optional<Path> found = SharedFolder.find("conformance/engine-native/" + name);
    assumeTrue(found.isPresent(), () -> "skipped: the shared folder has no " + name);
    return found.get().toString();
  }

  private Outcome train(String model, String... more) {
    String[] arguments = {
      "train",
      "--model",
      model,
      "--data",
      task.pictures.toString(),
      "--val",
      task.pictures.toString(),
      "--size",
      "16",
      "--scaling",
      "x/255",
      "--cache",
      folder.resolve("cache").toString(),
      "--out",
      folder.resolve("made").toString()
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return SmallTask.run(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"small_cnn.pt", "small_cnn_savedmodel"})
  void trainsAHeadAndPredictsFromTheBundle(String model) throws IOException {
    Outcome made = train(shared(model), "--strategy", "feature-extraction");
    assertEquals(0, made.code(), made.err());
    assertTrue(made.out().contains("validation accuracy     1.0000"), made.out());
    assertTrue(made.out().contains(model + ", which is in the bundle"), made.out());
    Path bundle = folder.resolve("made");
    assertTrue(Files.isRegularFile(bundle.resolve(model)));
    Outcome predicted =
        SmallTask.run(
            "predict", "--model", bundle.toString(), task.pictures.resolve("red/0.png").toString());
    assertEquals(0, predicted.code(), predicted.err());
    assertTrue(predicted.out().contains("\"label\":\"red\""), predicted.out());
  }

  @Test
  void fineTuningAndOtherEnginesAreRefusedWithTheWayOut() {
    refused(train(shared("small_cnn.pt"), "--strategy", "fine-tuning"), "torch.onnx.export");
    refused(train(shared("small_cnn_savedmodel"), "--strategy", "from-scratch"), "tf2onnx");
    refused(
        train(shared("small_cnn.pt"), "--strategy", "feature-extraction", "--backend", "onnx"),
        "'djl' runs");
    refused(SmallTask.run("inspect", shared("small_cnn.pt")), "torch.onnx.export");
  }

  private void refused(Outcome outcome, String word) {
    assertEquals(2, outcome.code(), outcome.out() + outcome.err());
    assertTrue(outcome.err().contains(word), outcome.err());
    assertFalse(Files.exists(folder.resolve("made")));
  }
}
