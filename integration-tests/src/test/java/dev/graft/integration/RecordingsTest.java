package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Program;
import dev.graft.cli.Main;
import dev.graft.data.AudioSample;
import dev.graft.datasets.AudioFolder;
import dev.graft.datasets.LogMelPreprocessing;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormats;
import dev.graft.tensor.HostTensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings: YAMNet hears what its reference hears, and is transferred to spoken digits. */
class RecordingsTest {
  private static final String YAMNET = "data/pretrained_audio_onnx/yamnet.onnx";

  @TempDir Path folder;

  @Test
  void yamnetHearsWhatItsReferenceHears() throws IOException {
    Path reference = Hymenoptera.shared("data/pretrained_audio_onnx/reference");
    AudioSample tone =
        (AudioSample) AudioFolder.of(List.of(reference.resolve("tone.wav"))).sample(0);
    // The reference took the first 96 frames; of a longer recording Graft takes the middle.
    int heard = 400 + 95 * 160;
    AudioSample start = new AudioSample(Arrays.copyOf(tone.samples(), heard), tone.rate());
    Map<String, HostTensor> mel = LogMelPreprocessing.yamnet().apply(start);
    HostTensor input = mel.get("input");
    Map<String, HostTensor> batch = Map.of("input", HostTensor.of(floats(input), 1, 1, 96, 64));
    GraphModel yamnet = ModelFormats.discover().read(Hymenoptera.shared(YAMNET));
    try (Backend backend = Backends.discover().get("onnx").open(Device.CPU, new BackendOptions(1));
        Program program =
            backend.compile(yamnet.graph(), yamnet.parameters(), CompileOptions.INFERENCE)) {
      Map<String, HostTensor> outputs = program.runToHost(batch);
      assertClose(reference.resolve("features.pb"), 1024, outputs.get("features"));
      assertClose(reference.resolve("logits.pb"), 521, outputs.get("logits"));
    }
  }

  private static float[] floats(HostTensor tensor) {
    float[] values = new float[(int) tensor.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) tensor.getDouble(i);
    }
    return values;
  }

  /** Against a TensorProto, whose raw data are its last bytes. */
  private static void assertClose(Path expected, int size, HostTensor actual) throws IOException {
    byte[] proto = Files.readAllBytes(expected);
    ByteBuffer values =
        ByteBuffer.wrap(proto, proto.length - 4 * size, 4 * size)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, Math.abs(values.getFloat(4 * i)));
      worst = Math.max(worst, Math.abs(values.getFloat(4 * i) - actual.getDouble(i)));
    }
    assertTrue(worst < 2e-3 * largest, expected.getFileName() + " differs by " + worst);
  }

  @Test
  void spokenDigitsAreTrainedAndPredictedFromTheCommandLine() throws IOException {
    Tar.unpack(Hymenoptera.shared("data/fsdd/fsdd_1000_4speakers.tar.gz"), folder);
    Path recordings = folder.resolve("recordings");
    Path train = Files.createDirectories(folder.resolve("train"));
    Path held = Files.createDirectories(folder.resolve("held"));
    try (Stream<Path> files = Files.list(recordings)) {
      for (Path file : files.toList()) {
        // Two speakers, four of the ten digits; the first five of each are held out.
        if (file.getFileName().toString().matches("[0-3]_(george|jackson)_\\d+.wav")) {
          boolean test = file.getFileName().toString().matches("._[a-z]+_[0-4].wav");
          Files.move(file, (test ? held : train).resolve(file.getFileName()));
        }
      }
    }
    Path model = folder.resolve("model");
    graft(
        "train",
        "--model",
        Hymenoptera.shared(YAMNET).toString(),
        "--data",
        train.toString(),
        "--val",
        held.toString(),
        "--strategy",
        "feature-extraction",
        "--backend",
        "onnx",
        "--cache",
        folder.resolve("cache").toString(),
        "--out",
        model.toString());
    JsonNode metrics = new ObjectMapper().readTree(model.resolve("metrics.json").toFile());
    double accuracy = metrics.at("/validation/accuracy").asDouble();
    assertTrue(accuracy > 0.75, "accuracy " + accuracy + ", chance is 0.25");

    String lines = graft("predict", "--model", model.toString(), held.toString());
    List<String> answers = lines.lines().filter(l -> l.startsWith("{")).toList();
    assertEquals(40, answers.size());
    long right =
        answers.stream().filter(l -> l.matches(".*/([0-3])_.*\"label\" ?: ?\"\\1\".*")).count();
    assertEquals(accuracy, right / 40.0, 1e-9, () -> "the answers: " + lines);
  }

  private static String graft(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
    assertEquals(0, code, () -> out + "\n" + err);
    return out.toString();
  }
}
