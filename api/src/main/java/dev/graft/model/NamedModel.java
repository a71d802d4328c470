package dev.graft.model;

import java.io.IOException;

/** A pre-trained network on the class path that is asked for by name; found by ServiceLoader. */
public interface NamedModel {
  /** Lower case, such as {@code minilm}. */
  String name();

  /** What it is, in one line. */
  String description();

  /**
   * Reads it anew.
   *
   * @throws ModelFormatException if a part of it is not on the class path
   */
  PretrainedModel load() throws IOException;
}
