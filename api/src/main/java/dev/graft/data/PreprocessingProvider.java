package dev.graft.data;

import java.nio.file.Path;
import java.util.Map;

/** Reads a kind of {@link Preprocessing} back from its settings; found by ServiceLoader. */
public interface PreprocessingProvider {
  /** The {@link Preprocessing#type} it reads. */
  String type();

  /**
   * @throws DataException if a setting is missing, unknown or out of range
   */
  Preprocessing read(Map<String, Object> settings);

  /**
   * @param folder where the {@link Preprocessing#files} are that the settings name
   * @throws DataException also if a file is missing or damaged
   */
  default Preprocessing read(Map<String, Object> settings, Path folder) {
    return read(settings);
  }
}
