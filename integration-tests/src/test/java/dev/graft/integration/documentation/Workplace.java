package dev.graft.integration.documentation;

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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A folder with the files that the documentation names, small ones, and the command to run. */
final class Workplace {
  private static final int RATE = 8000;

  private final Path folder;
  private final Path classes;
  private final String classPath;

  Workplace(Path folder) throws IOException {
    this.folder = folder;
    this.classes = Files.createDirectories(folder.resolve("classes"));
    this.classPath = classes + ":" + System.getProperty("java.class.path");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path command = write("graft", "#!/bin/sh\nexec '" + java + "' dev.graft.cli.Main \"$@\"\n");
    command.toFile().setExecutable(true);
    for (String part : List.of("photos/train", "photos/val", "photos/new", "new-photos")) {
      for (int i = 0; i < 8; i++) {
        boolean labelled = part.equals("photos/train") || part.equals("photos/val");
        String kind = i % 2 == 0 ? "ants" : "bees";
        photo(part + "/" + (labelled ? kind + "/" : "") + i + ".jpg", i, i % 2 == 0);
      }
    }
    photo("one.jpg", 9, true);
    network("mobilenet.onnx", 3, 224, 224);
    network("mobilenet_v2.onnx", 3, 224, 224);
    network("zoo/one.onnx", 3, 224, 224);
    network("zoo/other.onnx", 3, 224, 224);
    network("yamnet.onnx", 1, 96, 64);
    texts("tickets.csv", ',', "message", "team");
    texts("intents.tsv", '\t', "utterance", "intent");
    texts("intents-test.tsv", '\t', "utterance", "intent");
    write("smalltalk.tsv", "utterance\nhow are you\nwhat a lovely day\n");
    targets();
    write("messages.txt", "the invoice is wrong\nwake me at nine\n");
    for (int i = 0; i < 16; i++) {
      recording("recordings/" + i % 2 + "_anna_" + i + ".wav", i % 2 == 0 ? 400 : 1200, i);
    }
    recording("new.wav", 400, 99);
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void photo(String name, int seed, boolean red) throws IOException {
    BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
    for (int p = 0; p < 64 * 48; p++) {
      int noise = (int) (60 * new Seed(seed).uniform(p));
      image.setRGB(p % 64, p / 64, (red ? 0xA00000 : 0xA0) + noise * 0x010101);
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "jpg", file.toFile());
  }

  private void texts(String name, char separator, String text, String label) throws IOException {
    StringBuilder table = new StringBuilder(text + separator + label + "\n");
    for (int i = 6; i < 12; i++) {
      table.append("wake me at ").append(i).append(separator).append("alarm\n");
      table.append("invoice number ").append(i).append(" is wrong").append(separator);
      table.append("billing\n");
    }
    write(name, table.toString());
  }

  /** Data with targets of other kinds than a class. */
  private void targets() throws IOException {
    StringBuilder posts = new StringBuilder();
    StringBuilder reviews = new StringBuilder("review,stars\n");
    StringBuilder orders = new StringBuilder("words\ttags\n");
    StringBuilder houses = new StringBuilder("rooms,area,price\n");
    StringBuilder passages = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      String topics = i % 3 == 0 ? "sun|sea" : i % 3 == 1 ? "sun" : "";
      posts.append("{\"post\": \"day " + i + " at the beach\", \"topics\": \"" + topics + "\"}\n");
      reviews.append("it broke after " + i + " days," + (1 + i % 5) + "\n");
      orders.append("bring " + i + " red apples\tO B-NUMBER B-COLOUR O\n");
      houses.append(i + "," + (20 + 10 * i) + "," + (100 + 30 * i) + "\n");
      String passage = "In room " + i + " the lamp is green.";
      passages.append(i == 0 ? "" : ",");
      passages.append("{\"context\": \"" + passage + "\", \"qas\": [{\"id\": \"q" + i + "\", ");
      passages.append("\"question\": \"What colour is the lamp?\", \"answers\": [");
      passages.append(
          "{\"text\": \"green\", \"answer_start\": " + passage.indexOf("green") + "}]}]}");
    }
    write("posts.jsonl", posts.toString());
    write("reviews.csv", reviews.toString());
    write("orders.tsv", orders.toString());
    write("houses.csv", houses.toString());
    write("new-houses.csv", "name,area,rooms\nLake House,70,3\n");
    write("flats.csv", houses.toString().replace("price", "rent"));
    write(
        "passages.json",
        "{\"data\": [{\"title\": \"rooms\", \"paragraphs\": [" + passages + "]}]}");
    table("table.onnx");
  }

  private void recording(String name, int hertz, int seed) throws IOException {
    byte[] samples = new byte[2 * RATE];
    for (int i = 0; i < RATE; i++) {
      double noise = new Seed(seed).uniform(i) - 0.5;
      int value = (int) (8000 * (Math.sin(2 * Math.PI * hertz * i / RATE) + noise));
      samples[2 * i] = (byte) value;
      samples[2 * i + 1] = (byte) (value >> 8);
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    AudioSystem.write(
        new AudioInputStream(
            new ByteArrayInputStream(samples), new AudioFormat(RATE, 16, 1, true, false), RATE),
        AudioFileFormat.Type.WAVE,
        file.toFile());
  }

  private void network(String name, int channels, int height, int width) throws IOException {
    GraphBuilder b = new GraphBuilder();
    List<Dim> sizes = List.of(Dim.symbol("batch"), Dim.of(channels), Dim.of(height), Dim.of(width));
    Value x = b.input("input", new TensorType(DType.FLOAT32, new Shape(sizes)));
    Value weight = b.parameter("conv.weight", TensorType.of(DType.FLOAT32, 16, channels, 4, 4));
    Value y = b.op("Relu", b.op("Conv", Attributes.of("strides", new long[] {4, 4}), x, weight));
    b.output(b.op("Flatten", b.op("GlobalAveragePool", y)), "features");
    save(b, name);
  }

  private void save(GraphBuilder b, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    OnnxWriter.STANDARD.write(
        new GraphModel(b.build(), Initialization.all(b.build(), new Seed(name.length()))), file);
  }

  /** A network of two numbers. */
  private void table(String name) throws IOException {
    GraphBuilder b = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(2)));
    Value x = b.input("input", new TensorType(DType.FLOAT32, shape));
    Value weight = b.parameter("hidden.weight", TensorType.of(DType.FLOAT32, 2, 8));
    b.output(b.op("Tanh", b.op("MatMul", x, weight)), "hidden");
    save(b, name);
  }

  /** Compiles a source file of one class, which then is on the class path of what is run here. */
  void compile(String name, String source) throws IOException {
    Path file = write("sources/" + name + ".java", source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                errors,
                null,
                null,
                List.of("-proc:none", "-cp", classPath, "-d", classes.toString()),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file.toFile()))
            .call();
    if (!compiled) {
      throw new AssertionError(errors + "\n" + source);
    }
  }

  /** Makes a class of this place known to {@code ServiceLoader}. */
  void service(Class<?> kind, String name) throws IOException {
    write("classes/META-INF/services/" + kind.getName(), name + "\n");
  }

  /** Runs a line of a shell in this folder, and gives what it printed. */
  String run(String line) throws IOException, InterruptedException {
    Path log = folder.resolve("log.txt");
    ProcessBuilder shell = new ProcessBuilder("bash", "-o", "pipefail", "-c", line);
    shell.environment().put("CLASSPATH", classPath);
    shell.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    Process process =
        shell
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(line + " runs for two minutes:\n" + Files.readString(log));
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(
          line + " ends with " + process.exitValue() + ":\n" + Files.readString(log));
    }
    return Files.readString(log);
  }
}
