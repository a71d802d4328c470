package dev.graft.model;

import java.io.IOException;
import java.nio.file.Path;

/** Reads and writes models of one file format; found by ServiceLoader. */
public interface ModelFormat {
  /** Lower case, such as {@code onnx}. */
  String name();

  /** Whether this looks like a file of the format, by name or first bytes. */
  boolean accepts(Path file);

  /**
   * @throws ModelFormatException if the file is damaged or has nodes that cannot be imported, all
   *     of which are named
   */
  GraphModel read(Path file) throws IOException;

  /** Writes to a temporary name and moves, so that no half-written file is left. */
  void write(GraphModel model, Path file) throws IOException;
}
