package dev.graft.datasets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real data beside the repository, for tests that are skipped where there is none. */
final class SharedData {
  private SharedData() {}

  /** A file or folder below {@code shared}; the test is skipped if it is not there. */
  static Path find(String path) {
    String set = System.getProperty("graft.shared");
    Path found = (set == null ? besideRepository() : Path.of(set)).resolve(path);
    assumeTrue(Files.exists(found), "needs " + path + " in the folder 'shared'");
    return found;
  }

  private static Path besideRepository() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve(".ci"))) {
      folder = folder.getParent();
    }
    return folder == null ? Path.of("shared") : folder.resolveSibling("shared");
  }
}
