package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.benchmarks.utterances.Utterances;
import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.TextSample;
import dev.graft.graph.edit.Cut;
import dev.graft.graph.edit.CutPoints;
import dev.graft.graph.edit.Heads;
import dev.graft.model.GraphFeatureExtractor;
import dev.graft.model.GraphModel;
import dev.graft.model.NamedModels;
import dev.graft.model.PretrainedModel;
import dev.graft.onnx.ModelBundle;
import dev.graft.strategies.Graft;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentences from text to bundle, with the network that comes with Graft. */
class SentencesTest {
  private static Graft graft;
  private static PretrainedModel network;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    graft = Graft.open();
    network = NamedModels.discover().get("minilm").load();
  }

  @AfterAll
  static void close() {
    graft.close();
  }

  @Test
  void theFeaturesOfATextDoNotDependOnTheOthersInItsBatch() {
    GraphModel model = network.model();
    String cut = CutPoints.best(model.graph()).value();
    assertEquals("last_hidden_state", cut);
    GraphModel pooled =
        new GraphModel(
            Heads.append(Cut.at(model.graph(), cut), Heads::pool, "features"), model.parameters());
    try (var extractor = new GraphFeatureExtractor(pooled, graft.backend())) {
      float[] alone = extractor.run(batch("wake me at seven")).toFloats();
      float[] beside =
          extractor
              .run(
                  batch(
                      "wake me at seven",
                      "a much longer sentence, so that the short one is padded with many tokens"
                          + " that no feature of it may be made of"))
              .toFloats();
      assertArrayEquals(alone, Arrays.copyOf(beside, alone.length), 1e-4f);
    }
  }

  private static Map<String, HostTensor> batch(String... texts) {
    return network
        .preprocessing()
        .batch(
            Arrays.stream(texts)
                .map(t -> network.preprocessing().apply(TextSample.of(t)))
                .toList());
  }

  @Test
  void aBundleOfTextsKeepsItsTokenizerAndPredicts() throws IOException {
    TransferredModel made = fit("feature-extraction");
    assertTrue(Files.isRegularFile(folder.resolve("feature-extraction/tokenizer.json")));
    try (Predictor predictor = graft.predictor(made)) {
      assertEquals("weather", predictor.predict(TextSample.of("does it rain tomorrow?")).text());
    }
  }

  @Test
  void aBundleWithoutANetworkKeepsItsWords() throws IOException {
    TransferredModel made = fit("tf-idf");
    try (Predictor predictor = graft.predictor(made)) {
      assertEquals("lights", predictor.predict(TextSample.of("turn off the lamp")).text());
    }
  }

  /** Makes a model of sentences, and gives it as it comes back from its bundle. */
  private TransferredModel fit(String strategy) throws IOException {
    Labeled<ClassLabels> pool = Utterances.pool();
    TransferredModel made = graft.transfer(network).with(strategy).fit(pool);
    Path bundle = folder.resolve(strategy);
    ModelBundle.write(made, bundle, graft.backend(), List.of(pool.examples().sample(0)));
    return ModelBundle.read(bundle);
  }
}
