package dev.graft.cli;

import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.onnx.OnnxWriter;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** A network and pictures that are small enough to train in a moment, and a place to run in. */
final class SmallTask {
  static final int SIDE = 8;

  final Path folder;
  final Path network;
  final Path pictures;

  /** Writes {@code net.onnx} and {@code pictures/{blue,red}/N.png} into a folder. */
  SmallTask(Path folder) throws IOException {
    this.folder = folder;
    this.network = folder.resolve("net.onnx");
    this.pictures = folder.resolve("pictures");
    OnnxWriter.STANDARD.write(network(), network);
    for (int i = 0; i < 6; i++) {
      picture(pictures.resolve("blue/" + i + ".png"), 20, 200, i);
      picture(pictures.resolve("red/" + i + ".png"), 200, 20, i);
    }
  }

  /** What a command line printed and returned. */
  record Outcome(int code, String out, String err) {}

  static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  /** Trains on the pictures, with more options; {@code --out} is {@code made} in the folder. */
  Outcome train(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--model",
                network.toString(),
                "--cache",
                folder.resolve("cache").toString()));
    List<String> own = List.of(more);
    if (!own.contains("--data")) {
      arguments.addAll(List.of("--data", pictures.toString()));
    }
    if (!own.contains("--out")) {
      arguments.addAll(List.of("--out", folder.resolve("made").toString()));
    }
    if (!own.contains("--backend")) {
      arguments.addAll(List.of("--backend", "onnx"));
    }
    arguments.addAll(own);
    return run(arguments.toArray(String[]::new));
  }

  static void picture(Path file, int red, int blue, int seed) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int noise = random.nextInt(40);
        image.setRGB(x, y, (red + noise) << 16 | noise << 8 | (blue + noise));
      }
    }
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  static GraphModel network() {
    GraphBuilder b = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(3), Dim.of(SIDE), Dim.of(SIDE)));
    Value x = b.input("pixels", new TensorType(DType.FLOAT32, shape));
    TensorType kernel = TensorType.of(DType.FLOAT32, 4, 3, 3, 3);
    Value y = b.op("Relu", b.op("Conv", x, b.parameter("conv.weight", kernel)));
    Value pooled = b.op("Flatten", b.op("GlobalAveragePool", y));
    b.output(pooled, "features");
    Random random = new Random(1);
    HostTensor weight = HostTensor.fromDoubles(kernel, i -> random.nextGaussian());
    return new GraphModel(b.build(), ParameterStore.of(Map.of("conv.weight", weight)));
  }
}
