package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.data.ClassLabels;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.PixelScaling;
import dev.graft.data.Sample;
import dev.graft.data.TensorPreprocessing;
import dev.graft.data.TensorSample;
import dev.graft.model.FeatureExtractor;
import dev.graft.model.ModelFormatException;
import dev.graft.model.ModelFormats;
import dev.graft.model.NativeFeatures;
import dev.graft.model.NativeModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.onnx.ModelBundle;
import dev.graft.onnx.OnnxTensors;
import dev.graft.random.Seed;
import dev.graft.strategies.Graft;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of PyTorch's and TensorFlow's own formats serve as frozen feature extractors. */
class NativeModelsTest {
  private static final String FILES = "conformance/engine-native/";
  private static final int PIXELS = 16;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "small_cnn.pt, small_cnn_pt_features.pb, false",
    "small_cnn_savedmodel, small_cnn_savedmodel_features.pb, true"
  })
  void givesTheRecordedFeatures(String file, String features, boolean channelsLast)
      throws IOException {
    HostTensor input = OnnxTensors.read(Hymenoptera.shared(FILES + "input.pb"));
    HostTensor given = channelsLast ? channelsLast(input) : input;
    HostTensor expected = OnnxTensors.read(Hymenoptera.shared(FILES + features));
    try (FeatureExtractor extractor = open(file, given.shape())) {
      assertEquals(channelsLast, model(file).format().channelsLast());
      assertEquals(12, extractor.output().shape().dim(1).size());
      String name = extractor.inputs().keySet().iterator().next();
      HostTensor found = extractor.run(Map.of(name, given));
      assertEquals(expected.shape(), found.shape());
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.getDouble(i), found.getDouble(i), 1e-5, "feature " + i);
      }
      // Threads have settings of their own in PyTorch.
      List<HostTensor> inParallel =
          IntStream.range(0, 8)
              .parallel()
              .mapToObj(i -> extractor.run(Map.of(name, given)))
              .toList();
      inParallel.forEach(other -> assertEquals(found, other));
    }
  }

  @ParameterizedTest
  @CsvSource({"small_cnn.pt, torch.onnx.export", "small_cnn_savedmodel, tf2onnx"})
  void whatNeedsTheNetworkItselfIsRefusedWithTheWayOut(String file, String way) throws IOException {
    Path path = Hymenoptera.shared(FILES + file);
    ModelFormatException asGraph =
        assertThrows(ModelFormatException.class, () -> ModelFormats.discover().read(path));
    assertTrue(asGraph.getMessage().contains(way), asGraph.getMessage());
    try (Graft graft = Graft.open();
        NativeFeatures features = features(file)) {
      PretrainedModel network = network(features);
      for (String strategy : List.of("fine-tuning", "from-scratch")) {
        ModelFormatException e =
            assertThrows(
                ModelFormatException.class,
                () -> graft.transfer(network).with(strategy).fit(task(features)));
        assertTrue(e.getMessage().startsWith(strategy), e.getMessage());
        assertTrue(e.getMessage().contains(way), e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"small_cnn.pt", "small_cnn_savedmodel"})
  void aHeadOnTheFeaturesIsSavedWithTheModelThatMakesThem(String file) throws IOException {
    Path bundle = folder.resolve("bundle");
    try (Graft graft = Graft.open();
        NativeFeatures features = features(file)) {
      Labeled<ClassLabels> task = task(features);
      TransferredModel made =
          graft.transfer(network(features)).with("feature-extraction").fit(task);
      assertTrue(graft.evaluate(made, task).metrics().get("accuracy") > 0.9);
      List<Sample> some = List.of(task.examples().sample(0), task.examples().sample(1));
      ModelBundle.write(made, bundle, graft.backend(), some);
      // Twice, into the same folder.
      ModelBundle.write(made, bundle, graft.backend(), some);
      try (Predictor before = new Predictor(made, graft.backend());
          Predictor after = new Predictor(ModelBundle.read(bundle), graft.backend())) {
        assertEquals(before.predict(some), after.predict(some));
        assertEquals(before.predict(some.get(1)), after.predict(some.get(1)));
      }
    }
  }

  @Test
  void aDamagedModelIsNamed() throws IOException {
    Path file = folder.resolve("broken.pt");
    java.nio.file.Files.writeString(file, "no archive");
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> NativeModel.read(file));
    assertTrue(e.getMessage().contains("broken.pt"), e.getMessage());
  }

  private static NativeModel model(String file) throws IOException {
    return NativeModel.read(Hymenoptera.shared(FILES + file)).orElseThrow();
  }

  private static FeatureExtractor open(String file, Shape batch) throws IOException {
    Shape example = new Shape(batch.dims().subList(1, batch.rank()));
    return model(file).open(example, Device.CPU, BackendOptions.DEFAULT);
  }

  private static HostTensor channelsLast(HostTensor x) {
    long[] s = x.shape().sizes();
    int channels = (int) s[1];
    int pixels = (int) (s[2] * s[3]);
    return HostTensor.fromDoubles(
        TensorType.of(DType.FLOAT32, s[0], s[2], s[3], s[1]),
        i -> {
          int pixel = i / channels % pixels;
          int image = i / channels / pixels;
          return x.getDouble((image * channels + i % channels) * pixels + pixel);
        });
  }

  private static NativeFeatures features(String file) throws IOException {
    NativeModel model = model(file);
    TensorPreprocessing inner =
        model.format().channelsLast()
            ? TensorPreprocessing.of(PixelScaling.NONE, PIXELS, PIXELS, 3)
            : TensorPreprocessing.of(PixelScaling.NONE, 3, PIXELS, PIXELS);
    return new NativeFeatures(model, inner, Device.CPU, BackendOptions.DEFAULT);
  }

  private static PretrainedModel network(NativeFeatures features) {
    return features.network(
        task(features).examples().sample(0), Provenance.of("engine-native", "none"));
  }

  /** Dark and bright noise. */
  private static Labeled<ClassLabels> task(NativeFeatures features) {
    TensorType type =
        features.model().format().channelsLast()
            ? TensorType.of(DType.FLOAT32, PIXELS, PIXELS, 3)
            : TensorType.of(DType.FLOAT32, 3, PIXELS, PIXELS);
    int[] labels = IntStream.range(0, 24).map(i -> i % 2).toArray();
    return new Labeled<>(new Noise(type), new ClassLabels(List.of("dark", "bright"), labels));
  }

  private record Noise(TensorType type) implements Dataset {
    @Override
    public String name() {
      return "noise";
    }

    @Override
    public int size() {
      return 24;
    }

    @Override
    public Sample sample(int i) {
      Seed seed = new Seed(3).derive("sample", i);
      return new TensorSample(
          HostTensor.fromDoubles(type, p -> (i % 2 == 0 ? 0.2 : 0.9) * seed.uniform(p)));
    }

    @Override
    public String id(int i) {
      return "noise " + i;
    }

    @Override
    public String fingerprint() {
      return "noise " + type;
    }

    @Override
    public String fingerprint(int i) {
      return "noise " + type + i;
    }
  }
}
