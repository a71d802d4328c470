package dev.graft.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.model.Provenance;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.Output;
import dev.graft.transfer.Summary;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelBundleTest {
  @TempDir Path folder;

  @Test
  void aBundleGivesBackTheWholeModel() throws IOException {
    TransferredModel model = model(ImagePreprocessing.imagenet(4));
    Path bundle = folder.resolve("deep/er/bundle");
    ModelBundle.write(model, bundle);
    TransferredModel read = ModelBundle.read(bundle);
    GraphEquality.assertSame(model.model().graph(), read.model().graph());
    assertEquals(model.model().parameters().asMap(), read.model().parameters().asMap());
    assertEquals(model.preprocessing(), read.preprocessing());
    assertEquals(model.output(), read.output());
    assertEquals(model.provenance(), read.provenance());
    assertEquals(model.metrics(), read.metrics());
    assertEquals(model.summary(), read.summary());
    assertEquals(model.frozenUpTo(), read.frozenUpTo());
    assertEquals(List.of("bundle"), names(bundle.getParent()));
  }

  @Test
  void aNewBundleReplacesTheOldOneAndLeavesOtherFiles() throws IOException {
    Path bundle = folder.resolve("bundle");
    ModelBundle.write(model(ImagePreprocessing.imagenet(4)), bundle);
    Files.writeString(bundle.resolve("metrics.json"), "{}");
    ModelBundle.write(model(ImagePreprocessing.imagenet(8)), bundle);
    assertEquals(ImagePreprocessing.imagenet(8), ModelBundle.read(bundle).preprocessing());
    assertEquals(
        List.of("MODEL_CARD.md", "bundle.json", "metrics.json", "model.onnx"), names(bundle));
    assertEquals(List.of("bundle"), names(folder));
  }

  @Test
  void theCardTellsOriginMetricsAndNotes() throws IOException {
    ModelBundle.write(model(ImagePreprocessing.imagenet(4)), folder.resolve("bees"));
    String card = Files.readString(folder.resolve("bees/MODEL_CARD.md"));
    for (String part :
        List.of("# bees", "2 classes", "ant, bee", "ImageNet", "accuracy: 0.7500", "a note")) {
      assertTrue(card.contains(part), card);
    }
  }

  @Test
  void aModelThatCannotBeReadBackIsNotWritten() throws IOException {
    TransferredModel model = model(new Unknown());
    Path bundle = folder.resolve("bundle");
    DataException e = assertThrows(DataException.class, () -> ModelBundle.write(model, bundle));
    assertTrue(e.getMessage().contains("'unheard-of'"), e.getMessage());
    assertFalse(Files.exists(bundle));
    assertEquals(List.of(), names(folder));
  }

  @Test
  void whatIsNoBundleIsRefused() throws IOException {
    refused("is not a model bundle");
    describe("{\"format\": 1, \"classes\": ");
    refused("bundle.json is damaged");
    describe("{\"some\": \"thing\"}");
    refused("states no format");
    describe("{\"format\": 7}");
    refused("format 7");
    describe("{\"format\": 1}");
    refused("has no 'preprocessing'");
  }

  @Test
  void aBundleWithoutItsNetworkIsRefused() throws IOException {
    ModelBundle.write(model(ImagePreprocessing.imagenet(4)), folder.resolve("bundle"));
    Files.delete(folder.resolve("bundle/model.onnx"));
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> ModelBundle.read(folder.resolve("bundle")));
    assertTrue(e.getMessage().contains("has no model.onnx"), e.getMessage());
  }

  private void describe(String json) throws IOException {
    Files.writeString(folder.resolve("bundle.json"), json);
  }

  private void refused(String because) {
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> ModelBundle.read(folder));
    assertTrue(e.getMessage().contains(because), e.getMessage());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static TransferredModel model(Preprocessing preprocessing) {
    GraphBuilder b = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(3), Dim.of(4), Dim.of(4)));
    Value x = b.input("input", new TensorType(DType.FLOAT32, shape));
    Value w = b.parameter("head.weight", TensorType.of(DType.FLOAT32, 3, 2));
    b.output(x.mean(false, 2, 3).matmul(w), TransferredModel.LOGITS);
    GraphModel graph =
        new GraphModel(
            b.build(), ParameterStore.of(Map.of("head.weight", HostTensor.of(new float[6], 3, 2))));
    return new TransferredModel(
        graph,
        preprocessing,
        new Output.Classes(List.of("ant", "bee")),
        new Provenance(
            "m.onnx", "abc", Optional.of("ImageNet"), List.of("wasp"), Map.of("seed", "3")),
        Map.of("validation/accuracy", 0.75, "validation/loss", Double.NaN),
        new Summary("linear-probe", "m", "features", 6, 6, List.of("a note")),
        Optional.of("input"));
  }

  private static final class Unknown implements Preprocessing {
    @Override
    public String type() {
      return "unheard-of";
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of();
    }

    @Override
    public Map<String, HostTensor> apply(Sample sample) {
      return Map.of();
    }
  }
}
