package dev.graft.data;

import java.util.Map;

/** Reads a kind of {@link Preprocessing} back from its settings; found by ServiceLoader. */
public interface PreprocessingProvider {
  /** The {@link Preprocessing#type} it reads. */
  String type();

  /**
   * @throws DataException if a setting is missing, unknown or out of range
   */
  Preprocessing read(Map<String, Object> settings);
}
