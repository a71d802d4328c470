package dev.graft.model;

import java.io.IOException;

/**
 * A network on the class path that is asked for by name, pre-trained or to be trained from scratch;
 * found by ServiceLoader.
 */
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
