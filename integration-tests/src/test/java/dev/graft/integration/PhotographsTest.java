package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.model.PretrainedModel;
import dev.graft.strategies.Graft;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ants or bees: what the strategies promise on real photographs. */
class PhotographsTest {
  /** The promised mean accuracy on the validation part. */
  private static final double PROMISED = 0.89;

  @TempDir static Path folder;
  private static Graft graft;
  private static Labeled<ClassLabels> train;
  private static Labeled<ClassLabels> validation;

  @BeforeAll
  static void open() throws IOException {
    Path photographs = Hymenoptera.photographs(folder);
    train = Datasets.open(photographs.resolve("train"), DataOptions.DEFAULTS).data();
    validation = Datasets.open(photographs.resolve("val"), DataOptions.DEFAULTS).data();
    graft = Graft.open();
  }

  @AfterAll
  static void close() {
    if (graft != null) {
      graft.close();
    }
  }

  @Test
  void featureExtractionReachesThePromiseAndWarnsOfClassesSeenBefore() throws IOException {
    assertEquals(245, train.size());
    assertEquals(153, validation.size());
    TransferredModel model =
        graft.transfer(mobileNetV2()).with("feature-extraction").fit(train, validation);
    assertTrue(accuracy(model) >= PROMISED, "accuracy " + accuracy(model));
    String notes = String.join("\n", model.summary().notes());
    assertTrue(notes.contains("'ants' is 'ant, emmet, pismire'"), notes);
    assertTrue(notes.contains("'bees' is 'bee'"), notes);
    assertEquals(2 * 1280 + 2, model.summary().trainable());
  }

  @Test
  void fineTuningReachesThePromise() throws IOException {
    TrainingSettings brief = TrainingSettings.DEFAULT.withEpochs(1);
    PretrainedModel network = mobileNetV2();
    double sum = 0;
    for (int seed = 0; seed < 2; seed++) {
      TransferredModel model =
          graft.transfer(network).with("fine-tuning").with(brief).seed(seed).fit(train, validation);
      sum += accuracy(model);
    }
    assertTrue(sum / 2 >= PROMISED, "mean accuracy " + sum / 2);
  }

  /** The exporters of these folded the normalisation away; without it, scratch would be unfair. */
  @ParameterizedTest
  @CsvSource({
    "mobilenet_v1_0.25_128.onnx, 128, x/127.5-1",
    "squeezenet_v1.0.onnx, 227, 'x-(123,117,104)'"
  })
  void fromScratchGetsItsNormalisationBack(String file, int size, String scaling)
      throws IOException {
    int[] few = {0, 1, 2, 3, 241, 242, 243, 244};
    TransferredModel model =
        graft
            .transfer(Hymenoptera.network(graft, file, size, scaling))
            .with("from-scratch")
            .with(
                TrainingSettings.DEFAULT
                    .withEpochs(1)
                    .withBatchSize(8)
                    .stopping(s -> s.withPatience(0)))
            .fit(train.subset(few), validation.subset(new int[] {0, 1, 151, 152}));
    String notes = String.join("\n", model.summary().notes());
    assertTrue(notes.contains("batch normalisation was added after each"), notes);
    assertTrue(
        model.model().graph().nodes().stream()
            .anyMatch(n -> n.operator().name().equals("BatchNormalization")));
  }

  private static PretrainedModel mobileNetV2() throws IOException {
    return Hymenoptera.network(graft, "mobilenet_v2_0.35_224_notop.onnx", 224, "x/127.5-1");
  }

  private static double accuracy(TransferredModel model) {
    return graft.evaluate(model, validation).metrics().get("accuracy");
  }
}
