package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.Labeled;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.onnx.ModelBundle;
import dev.graft.onnx.OnnxWriter;
import dev.graft.strategies.Graft;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.TransferredModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's example in the README compiles and does what it says. */
class ReadmeExampleTest {
  @TempDir Path folder;

  @Test
  void theFiveLinesMakeABundle() throws IOException {
    Path file = network();
    photos();

    try (Graft graft = Graft.open()) {
      PretrainedModel network = graft.load(file, ImagePreprocessing.imagenet(8));
      Labeled<ClassLabels> photos =
          Datasets.open(folder.resolve("photos"), DataOptions.DEFAULTS).data();
      TransferredModel model = graft.transfer(network).with("fine-tuning").fit(photos);
      ModelBundle.write(model, folder.resolve("my-model"));
    }

    assertTrue(ModelBundle.isBundle(folder.resolve("my-model")));
    assertEquals(
        List.of("blue", "red"), ModelBundle.read(folder.resolve("my-model")).output().names());
  }

  private Path network() throws IOException {
    GraphBuilder b = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(3), Dim.of(8), Dim.of(8)));
    Value x = b.input("pixels", new TensorType(DType.FLOAT32, shape));
    TensorType kernel = TensorType.of(DType.FLOAT32, 4, 3, 3, 3);
    Value y = b.op("Relu", b.op("Conv", x, b.parameter("weight", kernel)));
    b.output(b.op("Flatten", b.op("GlobalAveragePool", y)), "features");
    Random random = new Random(1);
    HostTensor weight = HostTensor.fromDoubles(kernel, i -> random.nextGaussian());
    Path file = folder.resolve("network.onnx");
    OnnxWriter.STANDARD.write(
        new GraphModel(b.build(), ParameterStore.of(Map.of("weight", weight))), file);
    return file;
  }

  private void photos() throws IOException {
    for (int i = 0; i < 10; i++) {
      boolean red = i % 2 == 0;
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < 64; p++) {
        image.setRGB(p % 8, p / 8, (red ? 0xC00000 : 0xC0) + i * 0x010101 + p);
      }
      Path file = folder.resolve("photos/" + (red ? "red/" : "blue/") + i + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    }
  }
}
