package dev.graft.datasets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * A kind of files of which each is one example.
 *
 * @param noun for messages: {@code images}
 * @param description of what is read, for messages
 * @param extensions of the files' names, in lower case
 * @param decoder makes an example of the bytes
 * @param check finds most damaged files without decoding each
 */
record FileKind(
    String noun,
    String description,
    Set<String> extensions,
    ExampleFiles.Decoder decoder,
    Check check) {
  interface Check {
    /**
     * @throws dev.graft.data.DataException if the file is surely damaged
     */
    void check(Path file, String id) throws IOException;
  }

  /** Whether the name says so: an extension of these, and not hidden. */
  boolean accepts(Path file) {
    String name = file.getFileName().toString();
    return !name.startsWith(".") && extensions.contains(extension(name));
  }

  private static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}
