package dev.graft.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of conformance cases and data that lies beside the repository under the name {@code
 * shared}. The system property {@code graft.shared} names another place.
 */
public final class SharedFolder {
  private SharedFolder() {}

  /** A folder or file in it; empty if it is not there. */
  public static Optional<Path> find(String path) {
    String given = System.getProperty("graft.shared");
    if (given != null) {
      return existing(Path.of(given).resolve(path));
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve(".ci"))) {
      folder = folder.getParent();
    }
    return folder == null
        ? Optional.empty()
        : existing(folder.resolveSibling("shared").resolve(path));
  }

  private static Optional<Path> existing(Path path) {
    return Files.exists(path) ? Optional.of(path) : Optional.empty();
  }
}
