package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.NodeSignature;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.backend.Support;
import dev.graft.data.PixelScaling;
import dev.graft.data.TensorPreprocessing;
import dev.graft.data.TensorSample;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.model.Provenance;
import dev.graft.onnx.ModelBundle;
import dev.graft.onnx.OnnxWriter;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.Output;
import dev.graft.transfer.Prediction;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.Summary;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model is saved, loaded and run, by Graft and by a runtime that knows nothing of Graft. */
class BundleTest {
  private static final List<TensorSample> SAMPLES =
      IntStream.range(0, 5)
          .mapToObj(i -> new TensorSample(HostTensor.of(new float[] {i, 1 - i, 0.5f * i}, 3)))
          .toList();

  @TempDir Path folder;
  private Backend backend;

  @BeforeEach
  void open() {
    backend = Backends.discover().get("onnx").open(Device.CPU, BackendOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void aBundlePredictsWhatTheModelDid() throws IOException {
    TransferredModel model = model();
    ModelBundle.write(model, folder.resolve("bundle"), backend, SAMPLES);
    List<Prediction> expected;
    try (Predictor predictor = new Predictor(model, backend)) {
      expected = predictor.predict(SAMPLES);
    }
    try (Predictor predictor = new Predictor(ModelBundle.read(folder.resolve("bundle")), backend)) {
      assertEquals(expected, predictor.predict(SAMPLES));
      assertEquals(expected.get(3), predictor.predict(SAMPLES.get(3)));
    }
  }

  @Test
  void plainOnnxRuntimeOpensTheModelOfABundleForAnyBatch() throws IOException, OrtException {
    ModelBundle.write(model(), folder.resolve("bundle"));
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session =
        environment.createSession(folder.resolve("bundle/model.onnx").toString())) {
      for (int batch = 1; batch <= 3; batch++) {
        try (OnnxTensor x = OnnxTensor.createTensor(environment, new float[batch][3]);
            OrtSession.Result result = session.run(Map.of("input", x))) {
          float[][] logits = (float[][]) result.get(0).getValue();
          assertEquals(batch, logits.length);
          assertEquals(2, logits[0].length);
        }
      }
    }
  }

  @Test
  void plainOnnxRuntimeFindsWeightsBesideTheModel() throws IOException, OrtException {
    GraphBuilder b = new GraphBuilder();
    Value x = b.input("x", TensorType.of(DType.FLOAT32, 1, 300));
    TensorType type = TensorType.of(DType.FLOAT32, 300, 5);
    b.output(x.matmul(b.parameter("w", type)), "y");
    HostTensor weight = HostTensor.fromDoubles(type, i -> i / 5);
    GraphModel model = new GraphModel(b.build(), ParameterStore.of(Map.of("w", weight)));
    Path file = folder.resolve("beside.onnx");
    OnnxWriter.STANDARD.withInlineLimit(0).write(model, file);
    assertTrue(Files.isRegularFile(folder.resolve("beside.onnx.data")));
    float[][] ones = new float[1][300];
    Arrays.fill(ones[0], 1);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor input = OnnxTensor.createTensor(environment, ones);
        OrtSession.Result result = session.run(Map.of("x", input))) {
      assertEquals(299 * 300 / 2, ((float[][]) result.get(0).getValue())[0][4]);
    }
  }

  @Test
  void anExportThatDisagreesIsNotWritten() {
    Path bundle = folder.resolve("bundle");
    ModelFormatException e =
        assertThrows(
            ModelFormatException.class,
            () -> ModelBundle.write(model(), bundle, new TwoFaced(backend), SAMPLES));
    assertTrue(e.getMessage().contains("disagrees"), e.getMessage());
    assertFalse(Files.exists(bundle));
  }

  /** Compiles every second program with other weights. */
  private static final class TwoFaced implements Backend {
    private final Backend honest;
    private int programs;

    TwoFaced(Backend honest) {
      this.honest = honest;
    }

    @Override
    public Program compile(Graph graph, ParameterStore store, CompileOptions options) {
      HostTensor zeros = HostTensor.full(store.get("weight").type(), 0);
      return honest.compile(
          graph, programs++ % 2 == 0 ? store : store.with("weight", zeros), options);
    }

    @Override
    public String name() {
      return honest.name();
    }

    @Override
    public Device device() {
      return honest.device();
    }

    @Override
    public Map<String, String> versions() {
      return honest.versions();
    }

    @Override
    public Support supports(NodeSignature node) {
      return honest.supports(node);
    }

    @Override
    public State newState(ParameterStore values) {
      return honest.newState(values);
    }

    @Override
    public void close() {}
  }

  private static TransferredModel model() {
    GraphBuilder b = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(3)));
    Value x = b.input("input", new TensorType(DType.FLOAT32, shape));
    Value w = b.parameter("weight", TensorType.of(DType.FLOAT32, 3, 2));
    b.output(b.op("Relu", x).matmul(w).sub(0.25), TransferredModel.LOGITS);
    HostTensor weight = HostTensor.of(new float[] {1, 2, -3, 4, 5, -6}, 3, 2);
    return new TransferredModel(
        new GraphModel(b.build(), ParameterStore.of(Map.of("weight", weight))),
        TensorPreprocessing.of(PixelScaling.NONE, 3),
        new Output.Classes(List.of("left", "right")),
        Provenance.of("hand-made", "none"),
        Map.of(),
        new Summary("none", "hand-made", "input", 6, 6, List.of()),
        Optional.empty());
  }
}
