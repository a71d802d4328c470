package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import dev.graft.data.PixelScaling;
import dev.graft.data.TensorPreprocessing;
import dev.graft.data.TensorSample;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.model.Provenance;
import dev.graft.onnx.ModelBundle;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.Output;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.Summary;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A saved bundle predicts where nothing is but the API, the ONNX format and one backend. */
class PredictFromBundleTest {
  @TempDir Path folder;

  @Test
  void aSavedBundlePredictsOnTheOnlyBackendThereIs() throws IOException {
    ModelBundle.write(model(), folder.resolve("bundle"));
    try (Backend backend = Backends.discover().open();
        Predictor predictor = new Predictor(ModelBundle.read(folder.resolve("bundle")), backend)) {
      assertEquals("onnx", backend.name());
      TensorSample sample = new TensorSample(HostTensor.of(new float[] {1, 0, 2}, 3));
      // 1 * (1, 2) + 2 * (5, -6) = (11, -10)
      assertEquals("left", predictor.predict(sample).text());
    }
    assertEquals(
        List.of("onnx"),
        Backends.discover().providers().stream().map(BackendProvider::name).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.graft.strategies.Graft",
        "dev.graft.datasets.Datasets",
        "com.google.inject.Injector",
        "org.tribuo.Model",
        "ai.djl.engine.Engine",
        "org.tensorflow.TensorFlow"
      })
  void nothingElseIsOnTheClassPath(String absent) {
    assertThrows(ClassNotFoundException.class, () -> Class.forName(absent));
  }

  private static TransferredModel model() {
    GraphBuilder b = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(3)));
    Value x = b.input("input", new TensorType(DType.FLOAT32, shape));
    Value w = b.parameter("weight", TensorType.of(DType.FLOAT32, 3, 2));
    b.output(b.op("Relu", x).matmul(w), TransferredModel.LOGITS);
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
