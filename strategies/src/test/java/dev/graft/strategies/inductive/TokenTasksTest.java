package dev.graft.strategies.inductive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.Labeled;
import dev.graft.data.LoaderOptions;
import dev.graft.data.PassageWindow;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.data.SpanTargets;
import dev.graft.data.SpanTargets.Span;
import dev.graft.data.TextSample;
import dev.graft.data.TokenAlignment;
import dev.graft.data.TokenLabels;
import dev.graft.data.WordsSample;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.strategies.Graft;
import dev.graft.strategies.Toys;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.Prediction;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.TransferredModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads on tokens, over a network that is a table of vectors for the letters a to f. */
class TokenTasksTest {
  private static final int LETTERS = 6;
  private static final TrainingSettings QUICK =
      TrainingSettings.DEFAULT
          .withEpochs(30)
          .withBatchSize(8)
          .schedule(s -> s.withRate(0.1))
          .stopping(s -> s.withPatience(0));

  private Graft graft;

  @BeforeEach
  void open() {
    graft = Toys.open(QUICK);
  }

  @AfterEach
  void close() {
    graft.close();
  }

  private static PretrainedModel pretrained() {
    GraphBuilder g = new GraphBuilder();
    Shape tokens = new Shape(List.of(Dim.symbol("batch"), Dim.symbol("tokens")));
    g.output(
        g.op(
            "Gather",
            g.parameter("table", TensorType.of(DType.FLOAT32, LETTERS + 1, 12)),
            g.input("ids", new TensorType(DType.INT64, tokens))),
        "vectors");
    Graph graph = g.build();
    GraphModel model = new GraphModel(graph, Initialization.all(graph, new Seed(3)));
    return new PretrainedModel("table", model, new Letters(), Provenance.of("table", "none"));
  }

  /** Sentences of letters whose vowels, a and e, are tagged. */
  private static Labeled<TokenLabels> vowels(int n, Seed seed) {
    List<Sample> samples = new ArrayList<>();
    int[][] labels = new int[n][];
    for (int i = 0; i < n; i++) {
      int words = 2 + i % 4;
      List<String> letters = new ArrayList<>();
      labels[i] = new int[words];
      for (int w = 0; w < words; w++) {
        int letter = (int) (seed.uniform(10 * i + w) * LETTERS);
        letters.add(String.valueOf((char) ('a' + letter)));
        labels[i][w] = letter == 0 || letter == 4 ? 1 : 0;
      }
      samples.add(new WordsSample(letters));
    }
    return new Labeled<>(Toys.examples(samples), new TokenLabels(List.of("O", "B-vowel"), labels));
  }

  @ParameterizedTest
  @ValueSource(strings = {"feature-extraction", "fine-tuning", "from-scratch"})
  void wordsAreTaggedInSentencesOfAnyLength(String strategy) {
    TransferredModel model =
        graft.transfer(pretrained()).with(strategy).fit(vowels(40, new Seed(1)));
    Labeled<TokenLabels> test = vowels(40, new Seed(2)); // in more than one batch
    double f1 = graft.evaluate(model, test).metric("entity-f1");
    assertTrue(f1 > 0.95, () -> strategy + " reached " + f1);
    try (Predictor predictor = graft.predictor(model)) {
      Prediction p = predictor.predict(new WordsSample(List.of("b", "e", "d")));
      assertEquals("O B-vowel O", p.text());
    }
  }

  @Test
  void aHeadOnTokensAsksForTheFeaturesOfEachSentenceOnce() {
    List<Integer> asked = new ArrayList<>();
    FeatureStore plain = FeatureStore.uncached(LoaderOptions.strict());
    FeatureStore counting =
        (extractor, preprocessing, data, progress, cancellation) -> {
          asked.add(data.size());
          return plain.features(extractor, preprocessing, data, progress, cancellation);
        };
    try (Graft counted = Toys.open(QUICK, counting)) {
      Labeled<TokenLabels> train = vowels(40, new Seed(1));
      TransferredModel model = counted.transfer(pretrained()).with("feature-extraction").fit(train);
      // Sentences of two, three, four and five letters, in 30 epochs.
      assertEquals(List.of(10, 10, 10, 10), asked);
      assertTrue(counted.evaluate(model, train).metric("entity-f1") > 0.95);
    }
  }

  /** Passages of letters in which the answer is the run from the first b to the letter after. */
  private static Labeled<SpanTargets> runs(int n, Seed seed) {
    List<Sample> samples = new ArrayList<>();
    List<List<Span>> answers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int length = 3 + i % 3;
      int at = (int) (seed.uniform(i) * (length - 1));
      StringBuilder passage = new StringBuilder();
      for (int c = 0; c < length; c++) {
        passage.append(c == at ? 'b' : c == at + 1 ? 'c' : "adef".charAt((i + c) % 4));
      }
      samples.add(new TextSample("?", Optional.of(passage.toString())));
      answers.add(List.of(new Span(at, at + 2)));
    }
    return new Labeled<>(Toys.examples(samples), new SpanTargets(answers));
  }

  @ParameterizedTest
  @ValueSource(strings = {"feature-extraction", "fine-tuning"})
  void answersAreFoundInPassages(String strategy) {
    TransferredModel model = graft.transfer(pretrained()).with(strategy).fit(runs(40, new Seed(4)));
    double exact = graft.evaluate(model, runs(20, new Seed(5))).metric("exact-match");
    assertTrue(exact > 0.9, () -> "exact match " + exact);
    try (Predictor predictor = graft.predictor(model)) {
      Prediction p = predictor.predict(new TextSample("?", Optional.of("aabcf")));
      assertEquals("bc", p.text());
    }
  }

  @Test
  void answersAreFoundBehindWhatIsReadAtOnce() {
    // At most five letters are read at once; the answer begins at the sixth or later.
    List<Sample> samples = new ArrayList<>();
    List<List<Span>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int at = 5 + i % 5;
      samples.add(
          new TextSample("?", Optional.of("adefa".repeat(3).substring(0, at) + "bc" + "fed")));
      answers.add(List.of(new Span(at, at + 2)));
    }
    Labeled<SpanTargets> data = new Labeled<>(Toys.examples(samples), new SpanTargets(answers));
    TransferredModel model = graft.transfer(pretrained()).with("fine-tuning").fit(data);
    assertEquals(1, graft.evaluate(model, data).metric("exact-match"));
    try (Predictor predictor = graft.predictor(model)) {
      Prediction.Answer p =
          (Prediction.Answer)
              predictor.predict(new TextSample("?", Optional.of("adefadefadefabcfad")));
      assertEquals("bc", p.text());
      assertEquals(13, p.start());
      assertEquals(15, p.end());
    }
  }

  /** One token a letter, behind a token of nothing; pads to the longest. */
  private static final class Letters implements Preprocessing {
    @Override
    public List<PassageWindow> windows(TextSample sample) {
      String passage = sample.pair().orElseThrow();
      List<PassageWindow> windows = new ArrayList<>();
      for (int at = 0; at == 0 || at + 3 < passage.length(); at += 2) {
        String part = passage.substring(at, Math.min(passage.length(), at + 5));
        windows.add(new PassageWindow(new TextSample("?", Optional.of(part)), at));
      }
      return windows;
    }

    @Override
    public String type() {
      return "letters";
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of();
    }

    @Override
    public Map<String, HostTensor> apply(Sample sample) {
      String letters =
          sample instanceof WordsSample w
              ? String.join("", w.words())
              : ((TextSample) sample).pair().orElseThrow();
      int n = letters.length() + 1;
      long[] ids = new long[n];
      int[] first = new int[n];
      int[] behind = new int[n];
      ids[0] = LETTERS;
      first[0] = TokenAlignment.NONE;
      behind[0] = TokenAlignment.NONE;
      for (int t = 1; t < n; t++) {
        ids[t] = letters.charAt(t - 1) - 'a';
        first[t] = t - 1;
        behind[t] = t;
      }
      Map<String, HostTensor> inputs = new HashMap<>(Map.of("ids", HostTensor.of(ids, n)));
      if (sample instanceof WordsSample) {
        inputs.put(TokenAlignment.WORDS, HostTensor.of(first, n));
      } else {
        inputs.put(TokenAlignment.STARTS, HostTensor.of(first, n));
        inputs.put(TokenAlignment.ENDS, HostTensor.of(behind, n));
      }
      return inputs;
    }

    @Override
    public Map<String, HostTensor> batch(List<Map<String, HostTensor>> prepared) {
      int longest = prepared.stream().mapToInt(p -> p.get("ids").size()).max().orElseThrow();
      Map<String, HostTensor> batch = new HashMap<>();
      for (String name : prepared.get(0).keySet()) {
        DType dtype = prepared.get(0).get(name).dtype();
        long pad = dtype == DType.INT64 ? LETTERS : TokenAlignment.NONE;
        batch.put(
            name,
            HostTensor.fromLongs(
                TensorType.of(dtype, prepared.size(), longest),
                i -> {
                  HostTensor row = prepared.get(i / longest).get(name);
                  return i % longest < row.size() ? row.getLong(i % longest) : pad;
                }));
      }
      return batch;
    }
  }
}
