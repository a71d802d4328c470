package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.onnx.OnnxWriter;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft train} is killed without warning, in a process of its own, and started again. */
class KilledRunTest {
  private static final int SIDE = 16;
  private static final int PER_CLASS = 24;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    OnnxWriter.STANDARD.write(network(), folder.resolve("net.onnx"));
    Seed seed = new Seed(4);
    for (int i = 0; i < PER_CLASS; i++) {
      picture(folder.resolve("pictures/left/" + i + ".png"), seed.derive("left", i), 0);
      picture(folder.resolve("pictures/right/" + i + ".png"), seed.derive("right", i), SIDE / 2);
    }
  }

  @Test
  void aRunKilledWhileItCachesAndWhileItTrainsEndsWhereAnUninterruptedOneDoes()
      throws IOException, InterruptedException {
    assertEquals(0, end(start("whole", false)));

    Path cache = folder.resolve("cache-killed");
    Path checkpoints = folder.resolve("killed.checkpoints");
    kill(start("killed", false), () -> hasFile(cache));
    kill(start("killed", true), () -> hasFile(checkpoints));
    Path file;
    try (Stream<Path> files = Files.list(checkpoints)) {
      file = files.filter(f -> f.toString().endsWith(".checkpoint")).findFirst().orElseThrow();
    }
    FileTime before = Files.getLastModifiedTime(file);
    kill(start("killed", true), () -> isNewer(file, before));
    assertTrue(Files.notExists(folder.resolve("killed/model.onnx")));

    assertEquals(0, end(start("killed", true)));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/model.onnx")),
        Files.readAllBytes(folder.resolve("killed/model.onnx")));
    assertTrue(Files.notExists(checkpoints), "nothing is left of a run that is over");
  }

  private Process start(String name, boolean resume) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.graft.cli.Main",
                "train",
                "--model",
                folder.resolve("net.onnx").toString(),
                "--size",
                Integer.toString(SIDE),
                "--data",
                folder.resolve("pictures").toString(),
                "--cache",
                folder.resolve("cache-" + name).toString(),
                "--out",
                folder.resolve(name).toString()));
    command.addAll(
        List.of("--backend", "onnx", "--threads", "1", "--epochs", "150", "--patience", "0"));
    command.addAll(List.of("--validation-fraction", "0.25", "--batch", "4", "--seed", "6"));
    if (resume) {
      command.add("--resume");
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  private int end(Process process) throws IOException, InterruptedException {
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still running after two minutes");
    if (process.exitValue() != 0) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path log : files.filter(f -> f.toString().endsWith(".log")).toList()) {
          System.err.println(Files.readString(log));
        }
      }
    }
    return process.exitValue();
  }

  /** Ends a process as {@code kill -9} does, as soon as something is so. */
  private static void kill(Process process, BooleanSupplier when) throws InterruptedException {
    for (int tries = 0; !when.getAsBoolean(); tries++) {
      assertTrue(process.isAlive(), "it was over before it could be killed");
      assertTrue(tries < 60_000, "nothing happened for a minute");
      Thread.sleep(1);
    }
    process.destroyForcibly().waitFor();
    assertTrue(process.exitValue() != 0, "it was over before it could be killed");
  }

  private static boolean hasFile(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.anyMatch(f -> Files.isRegularFile(f) && !f.toString().endsWith(".tmp"));
    } catch (IOException | java.io.UncheckedIOException e) {
      return false; // it was moved while it was looked at
    }
  }

  private static boolean isNewer(Path file, FileTime than) {
    try {
      return Files.getLastModifiedTime(file).toMillis() > than.toMillis() + 50;
    } catch (IOException e) {
      return false; // it is being replaced
    }
  }

  private static GraphModel network() {
    GraphBuilder b = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(3), Dim.of(SIDE), Dim.of(SIDE)));
    Value x = b.input("pixels", new TensorType(DType.FLOAT32, shape));
    Value kernel = b.parameter("conv.weight", TensorType.of(DType.FLOAT32, 8, 3, 3, 3));
    Value y = b.op("Relu", b.op("Conv", Attributes.NONE, x, kernel));
    b.output(b.op("Flatten", b.op("GlobalAveragePool", y)), "features");
    return new GraphModel(b.build(), Initialization.all(b.build(), new Seed(1)));
  }

  /** Noise with a brighter half. */
  private static void picture(Path file, Seed seed, int bright) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int x = i % SIDE;
      boolean lit = x >= bright && x < bright + SIDE / 2;
      int grey = (int) (seed.uniform(i) * 200) + (lit ? 40 : 0);
      image.setRGB(x, i / SIDE, grey << 16 | grey << 8 | (lit ? 0 : grey));
    }
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }
}
