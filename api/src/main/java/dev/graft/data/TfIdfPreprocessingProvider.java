package dev.graft.data;

import java.nio.file.Path;
import java.util.Map;

/** Reads {@link TfIdfPreprocessing}. */
public final class TfIdfPreprocessingProvider implements PreprocessingProvider {
  @Override
  public String type() {
    return "tf-idf";
  }

  @Override
  public Preprocessing read(Map<String, Object> settings) {
    return read(settings, Path.of(""));
  }

  @Override
  public Preprocessing read(Map<String, Object> settings, Path folder) {
    return TfIdfPreprocessing.read(settings, folder);
  }
}
