package dev.graft.integration;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.data.ImagePreprocessing;
import dev.graft.data.PixelScaling;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.strategies.Graft;
import dev.graft.testkit.SharedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Photographs of ants and bees, and networks that have seen ImageNet. */
final class Hymenoptera {
  private static final String NETWORKS = "data/pretrained_imagenet_onnx";

  private Hymenoptera() {}

  /** A file or folder beside the repository; the test is skipped where it is not there. */
  static Path shared(String path) {
    Optional<Path> found = SharedFolder.find(path);
    assumeTrue(found.isPresent(), () -> "skipped: there is no " + path + " in the shared folder");
    return found.get();
  }

  /** Unpacks the photographs into {@code train} and {@code val} below the folder returned. */
  static Path photographs(Path into) throws IOException {
    Tar.unpack(shared("data/hymenoptera/hymenoptera_data_short256.tar"), into);
    return into.resolve("hymenoptera_data");
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
