package dev.graft.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.graph.Graph;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads every ONNX file of the shared folder; skipped where there is none. */
class SharedFilesTest {
  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void wholeModelsAreReadAndSurviveWriting(Path file) throws IOException, OrtException {
    GraphModel model = OnnxReader.read(file);
    OnnxWriter.STANDARD.write(model, folder.resolve("copy.onnx"));
    GraphModel copy = OnnxReader.read(folder.resolve("copy.onnx"));
    GraphEquality.assertSame(model.graph(), copy.graph());
    assertEquals(model.parameters().fingerprint(), copy.parameters().fingerprint());
    String path = folder.resolve("copy.onnx").toString();
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(path)) {
      assertEquals(Set.copyOf(model.graph().outputs()), session.getOutputNames());
    }
  }

  static List<Path> wholeModelsAreReadAndSurviveWriting() throws IOException {
    return files("conformance/pytorch-gradients", "data");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void operatorCasesAreRead(Path file) throws IOException {
    Graph graph = OnnxReader.read(file, smallInputs(file)).graph();
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(file));
    assertEquals(
        proto.getGraph().getOutputList().stream().map(o -> o.getName()).toList(), graph.outputs());
  }

  static List<Path> operatorCasesAreRead() throws IOException {
    return files("conformance/onnx-node-tests", "conformance/onnx-node-tests-stretch");
  }

  /** The inputs that may say how large an output is: vectors and scalars. */
  private static Map<String, HostTensor> smallInputs(Path file) throws IOException {
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(file));
    Map<String, HostTensor> fixed = new HashMap<>();
    for (int i = 0; i < proto.getGraph().getInputCount(); i++) {
      Path data = file.resolveSibling("test_data_set_0").resolve("input_" + i + ".pb");
      if (Files.exists(data)) {
        HostTensor tensor = OnnxTensors.read(data);
        if (tensor.shape().rank() <= 1) {
          fixed.put(proto.getGraph().getInput(i).getName(), tensor);
        }
      }
    }
    return fixed;
  }

  static List<Path> files(String... folders) throws IOException {
    Path shared = shared();
    assumeTrue(shared != null, "there is no shared folder beside the repository");
    Stream.Builder<Path> found = Stream.builder();
    for (String name : folders) {
      try (Stream<Path> walk = Files.walk(shared.resolve(name))) {
        walk.filter(f -> f.toString().endsWith(".onnx")).sorted().forEach(found);
      }
    }
    List<Path> files = found.build().toList();
    assertTrue(files.size() > 5, "the shared folder has only " + files);
    return files;
  }

  private static Path shared() {
    String given = System.getProperty("graft.shared");
    if (given != null) {
      return Path.of(given);
    }
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve(".ci"))) {
      at = at.getParent();
    }
    Path shared = at == null ? null : at.resolveSibling("shared");
    return shared != null && Files.isDirectory(shared) ? shared : null;
  }
}
