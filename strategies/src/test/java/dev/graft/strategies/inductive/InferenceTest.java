package dev.graft.strategies.inductive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.LoaderOptions;
import dev.graft.graph.edit.Cut;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.random.Seed;
import dev.graft.strategies.BackendChoice;
import dev.graft.strategies.Graft;
import dev.graft.strategies.Toys;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.FeatureTable;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Inference;
import dev.graft.transfer.Prediction;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InferenceTest {
  private static final Seed SEED = new Seed(21);

  private final Labeled<ClassLabels> train = Toys.clouds(3, 8, 0.4, SEED);
  private final Labeled<ClassLabels> test = Toys.clouds(3, 5, 0.4, new Seed(22));
  private final List<String> asked = new ArrayList<>();
  private Graft graft;
  private TransferContext context;

  @BeforeEach
  void open() {
    graft =
        Graft.open(
            binder -> binder.bind(BackendChoice.class).toInstance(BackendChoice.of("reference")));
    FeatureStore computing = FeatureStore.uncached(LoaderOptions.strict());
    context =
        graft
            .context()
            .with(
                (FeatureStore)
                    (extractor, preprocessing, data, progress, cancellation) -> {
                      asked.add(extractor.fingerprint());
                      return computing.features(
                          extractor, preprocessing, data, progress, cancellation);
                    });
  }

  @AfterEach
  void close() {
    graft.close();
  }

  private static PretrainedModel pretrained() {
    return Toys.pretrained(Toys.dense(5, SEED));
  }

  private TransferredModel probe() {
    return new FeatureExtraction().fit(Inductive.of(pretrained(), train), context);
  }

  @Test
  void frozenPartIsAskedForUnderTheSameFingerprintAsInTraining() {
    TransferredModel model = probe();
    Inference.scores(model, test.examples(), context);
    assertEquals(2, asked.size());
    assertEquals(asked.get(0), asked.get(1));
  }

  @Test
  void keptFeaturesAndTheWholeGraphAgree() {
    TransferredModel model = probe();
    FeatureTable logits = Inference.scores(model, test.examples(), context);
    try (Predictor predictor = graft.predictor(model)) {
      for (int i = 0; i < test.size(); i++) {
        Prediction.OneClass prediction =
            (Prediction.OneClass) predictor.predict(test.examples().sample(i));
        double[] probabilities =
            prediction.probabilities().values().stream().mapToDouble(p -> p).toArray();
        assertArrayEquals(softmax(logits, i), probabilities, 1e-6);
      }
    }
  }

  private static double[] softmax(FeatureTable logits, int row) {
    double[] p = new double[3];
    double sum = 0;
    for (int k = 0; k < 3; k++) {
      p[k] = Math.exp(logits.values().getDouble(3 * row + k));
      sum += p[k];
    }
    for (int k = 0; k < 3; k++) {
      p[k] /= sum;
    }
    return p;
  }

  @Test
  void fingerprintFollowsWeightsAndStructure() {
    GraphModel model = Toys.dense(5, SEED);
    assertEquals(model.fingerprint(), Toys.dense(5, SEED).fingerprint());
    assertNotEquals(model.fingerprint(), Toys.dense(5, new Seed(1)).fingerprint());
    GraphModel cut = new GraphModel(Cut.at(model.graph(), "hidden"), model.parameters());
    assertNotEquals(model.fingerprint(), cut.fingerprint());
    // What the cut network does not read has no say.
    GraphModel other =
        new GraphModel(
            Cut.at(model.graph(), "hidden"),
            model.parameters().with("w2", model.parameters().get("w1")));
    assertEquals(cut.fingerprint(), other.fingerprint());
  }

  @Test
  void cancelledFeaturesEndInAnException() {
    TransferContext cancelled = context.with(() -> true);
    assertThrows(
        CancellationException.class,
        () -> new FeatureExtraction().fit(Inductive.of(pretrained(), train), cancelled));
  }

  @Test
  void unreadableExamplesAreLeftOutOfTraining() {
    List<String> skipped = new ArrayList<>();
    LoaderOptions skipping = LoaderOptions.skipping(s -> skipped.add(s.id()));
    Labeled<ClassLabels> damaged =
        new Labeled<>(new Toys.Damaged(train.examples(), 4), train.targets());
    TransferContext tolerant = context.with(skipping).with(FeatureStore.uncached(skipping));
    for (String strategy : List.of("feature-extraction", "fine-tuning")) {
      skipped.clear();
      TransferredModel model =
          dev.graft.transfer.Strategies.discover()
              .get(strategy, Inductive.class)
              .fit(Inductive.of(pretrained(), damaged), tolerant);
      assertTrue(skipped.contains("row 4"), strategy);
      assertEquals(List.of("class0", "class1", "class2"), model.output().names());
    }
  }
}
