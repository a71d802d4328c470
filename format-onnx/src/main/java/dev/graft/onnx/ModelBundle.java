package dev.graft.onnx;

import dev.graft.backend.Backend;
import dev.graft.data.Folders;
import dev.graft.data.Sample;
import dev.graft.graph.Graph;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A folder with everything that is needed to predict: {@code model.onnx}, which any ONNX runtime
 * opens, {@code bundle.json} with preprocessing, the output's meaning, provenance, metrics and
 * summary, the preprocessing's files such as a tokenizer, and {@code MODEL_CARD.md}, which says the
 * same to people. Reading one needs api, this module, and whatever brings its kind of
 * preprocessing; running it needs a backend besides.
 */
public final class ModelBundle {
  /** The network. */
  public static final String MODEL = "model.onnx";

  /** What belongs to it. */
  public static final String DESCRIPTION = "bundle.json";

  /** The same for people. */
  public static final String CARD = "MODEL_CARD.md";

  /** Between the outputs before and after, as a part of the largest; sums may differ in order. */
  private static final double TOLERANCE = 1e-4;

  private ModelBundle() {}

  /** Whether a folder holds a bundle. */
  public static boolean isBundle(Path folder) {
    return Files.isRegularFile(folder.resolve(DESCRIPTION));
  }

  /**
   * Writes a bundle. It is written beside the folder, read back and compared, and moved only then;
   * an older bundle in the folder is replaced, other files there stay.
   *
   * @throws ModelFormatException if the model has parts that ONNX cannot hold, or did not come back
   *     as it was
   */
  public static void write(TransferredModel model, Path folder) throws IOException {
    write(model, folder, read -> {});
  }

  /**
   * As {@link #write(TransferredModel, Path)}, and also runs what was written: its outputs for the
   * samples must be those of the model.
   *
   * @param samples a handful is enough; they are run as one batch
   */
  public static void write(
      TransferredModel model, Path folder, Backend backend, List<? extends Sample> samples)
      throws IOException {
    write(
        model,
        folder,
        read -> {
          try (Predictor before = new Predictor(model, backend);
              Predictor after = new Predictor(read, backend)) {
            compare(before.raw(samples), after.raw(samples));
          }
        });
  }

  private static void write(
      TransferredModel model, Path folder, Consumer<TransferredModel> furtherCheck)
      throws IOException {
    if (model.head().isPresent()) {
      throw new ModelFormatException(
          "the head of this model has no ONNX form, so it cannot be saved; it predicts in the"
              + " process that fitted it. Fit a head that has one, such as linear, mlp or ridge.");
    }
    Path target = folder.toAbsolutePath().normalize();
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException("a bundle cannot be written to " + folder);
    }
    Files.createDirectories(parent);
    Path temporary = Files.createDirectory(AtomicFiles.temporary(target));
    try {
      OnnxWriter.STANDARD.write(model.model(), temporary.resolve(MODEL));
      BundleDescription.write(model, temporary.resolve(DESCRIPTION));
      for (Map.Entry<String, byte[]> file : model.preprocessing().files().entrySet()) {
        Files.write(temporary.resolve(file.getKey()), file.getValue());
      }
      TransferredModel read = read(temporary);
      check(model, read);
      furtherCheck.accept(read);
      Files.writeString(temporary.resolve(CARD), ModelCard.of(model, target));
      move(temporary, target);
    } finally {
      Folders.delete(temporary);
    }
  }

  /**
   * Reads a bundle.
   *
   * @throws ModelFormatException if it is none, is damaged, or is of a newer version
   * @throws dev.graft.data.DataException if nothing on the class path reads its preprocessing
   */
  public static TransferredModel read(Path folder) throws IOException {
    if (!isBundle(folder)) {
      throw new ModelFormatException(folder + " is not a model bundle: it has no " + DESCRIPTION);
    }
    BundleDescription description = BundleDescription.read(folder.resolve(DESCRIPTION));
    if (!Files.isRegularFile(folder.resolve(MODEL))) {
      throw new ModelFormatException(folder + " is an incomplete bundle: it has no " + MODEL);
    }
    GraphModel model = OnnxReader.read(folder.resolve(MODEL));
    return description.with(model);
  }

  /** What is written must say the same as what was given. */
  private static void check(TransferredModel given, TransferredModel read) {
    Graph before = given.model().graph();
    Graph after = read.model().graph();
    boolean same =
        before.outputs().equals(after.outputs())
            && before.outputs().stream().allMatch(o -> before.type(o).equals(after.type(o)))
            && given.output().equals(read.output())
            && given.preprocessing().settings().equals(read.preprocessing().settings());
    if (!same) {
      throw new ModelFormatException(
          "the bundle did not come back as it was written: "
              + before.outputs()
              + " became "
              + after.outputs()
              + ", "
              + given.preprocessing().settings()
              + " became "
              + read.preprocessing().settings());
    }
    List<String> changed =
        read.model().parameters().names().stream()
            .filter(
                n ->
                    !given.model().parameters().has(n)
                        || !read.model()
                            .parameters()
                            .get(n)
                            .equals(given.model().parameters().get(n)))
            .toList();
    if (!changed.isEmpty()) {
      throw new ModelFormatException(
          "the bundle did not come back as it was written: parameters " + changed + " differ");
    }
  }

  private static void compare(HostTensor before, HostTensor after) {
    double[] expected = before.toDoubles();
    double[] found = after.toDoubles();
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      // Written so that a difference of NaN fails, too.
      if (!(Math.abs(expected[i] - found[i]) <= TOLERANCE * Math.max(1, largest))) {
        throw new ModelFormatException(
            "the exported model disagrees: element "
                + i
                + " of its output is "
                + found[i]
                + " instead of "
                + expected[i]);
      }
    }
  }

  private static void move(Path from, Path to) throws IOException {
    if (!Files.exists(to)) {
      AtomicFiles.move(from, to);
      return;
    }
    // Without its description the folder is no bundle, until all of the new one is there.
    Files.deleteIfExists(to.resolve(DESCRIPTION));
    List<Path> files;
    try (Stream<Path> listed = Files.list(from)) {
      files = listed.sorted(Comparator.comparing(f -> f.endsWith(DESCRIPTION))).toList();
    }
    for (Path file : files) {
      AtomicFiles.move(file, to.resolve(file.getFileName()));
    }
  }
}
