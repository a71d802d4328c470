package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.graft.benchmarks.suite.SuiteFile;
import dev.graft.benchmarks.suite.SuiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The suites that come with Graft are ones that it reads. */
class SuitesTest {
  /** What users unpack themselves. */
  private static final List<String> UNPACKED =
      List.of(
          "hymenoptera_data/train",
          "hymenoptera_data/val",
          "fsdd/recordings",
          "omniglot/images_background_small1");

  @TempDir Path root;

  static List<Path> suites() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve(".ci"))) {
      folder = folder.getParent();
    }
    try (Stream<Path> files = Files.list(folder.resolve("benchmarks/suites"))) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  /** The folder is deleted with what is in it, but not what its links lead to. */
  @AfterEach
  void removeLinks() throws IOException {
    try (Stream<Path> links = Files.list(root)) {
      for (Path link : links.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("suites")
  void everyKeyIsKnownAndEveryFileIsThere(Path suite) throws IOException {
    for (String folder : UNPACKED) {
      Files.createDirectories(root.resolve(folder));
    }
    for (String alphabet : List.of("Balinese", "Early_Aramaic", "Greek", "Korean", "Latin")) {
      Files.createDirectories(root.resolve(UNPACKED.get(3)).resolve(alphabet));
    }
    try (Stream<Path> data = Files.list(Hymenoptera.shared("data"))) {
      for (Path folder : data.toList()) {
        Path link = root.resolve(folder.getFileName().toString());
        if (!Files.exists(link)) {
          Files.createSymbolicLink(link, folder);
        }
      }
    }
    SuiteFile read = SuiteReader.read(suite, Optional.of(root));
    assertFalse(read.data().isEmpty());
    assertFalse(read.models().isEmpty());
  }
}
