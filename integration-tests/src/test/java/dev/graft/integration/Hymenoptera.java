package dev.graft.integration;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.data.ImagePreprocessing;
import dev.graft.data.PixelScaling;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.strategies.Graft;
import dev.graft.testkit.SharedFolder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Photographs of ants and bees, and networks that have seen ImageNet. */
final class Hymenoptera {
  private static final String NETWORKS = "data/pretrained_imagenet_onnx";
  private static final int BLOCK = 512;

  private Hymenoptera() {}

  /** A file or folder beside the repository; the test is skipped where it is not there. */
  static Path shared(String path) {
    Optional<Path> found = SharedFolder.find(path);
    assumeTrue(found.isPresent(), () -> "skipped: there is no " + path + " in the shared folder");
    return found.get();
  }

  /** Unpacks the photographs into {@code train} and {@code val} below the folder returned. */
  static Path photographs(Path into) throws IOException {
    Path tar = shared("data/hymenoptera/hymenoptera_data_short256.tar");
    try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(tar))) {
      String longName = "";
      byte[] header = in.readNBytes(BLOCK);
      while (header.length == BLOCK && header[0] != 0) {
        String name = text(header, 0, 100);
        int size = Integer.parseInt(text(header, 124, 12).trim(), 8);
        byte[] content = in.readNBytes(size);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        if (header[156] == 'x') {
          // The name of the next file, for which its header has no room: "LENGTH path=NAME\n".
          longName = text(content, 0, size).replaceFirst("^\\d+ path=", "").strip();
        } else if (header[156] == '0') {
          Path file = into.resolve(longName.isEmpty() ? name : longName);
          longName = "";
          Files.createDirectories(file.getParent());
          Files.write(file, content);
        }
        header = in.readNBytes(BLOCK);
      }
    }
    return into.resolve("hymenoptera_data");
  }

  private static String text(byte[] header, int from, int length) {
    String field = new String(header, from, length, StandardCharsets.US_ASCII);
    int end = field.indexOf('\0');
    return end < 0 ? field : field.substring(0, end);
  }

  /** A network with the classes of ImageNet in its provenance. */
  static PretrainedModel network(Graft graft, String file, int size, String scaling)
      throws IOException {
    Path model = shared(NETWORKS + "/" + file);
    PretrainedModel read =
        graft.load(model, ImagePreprocessing.of(size, PixelScaling.parse(scaling)));
    List<String> classes = Files.readAllLines(shared(NETWORKS + "/imagenet_labels_1000.txt"));
    Provenance provenance =
        new Provenance(
            file,
            read.model().parameters().fingerprint(),
            Optional.of("ImageNet (ILSVRC 2012)"),
            classes,
            Map.of());
    return new PretrainedModel(file, read.model(), read.preprocessing(), provenance);
  }
}
