package dev.graft.text;

import dev.graft.data.Preprocessing;
import dev.graft.data.PreprocessingProvider;
import java.nio.file.Path;
import java.util.Map;

/** Reads {@link TextPreprocessing}. */
public final class TextPreprocessingProvider implements PreprocessingProvider {
  @Override
  public String type() {
    return "text";
  }

  /** With the tokenizer in the working directory, unless its path is absolute. */
  @Override
  public Preprocessing read(Map<String, Object> settings) {
    return read(settings, Path.of(""));
  }

  @Override
  public Preprocessing read(Map<String, Object> settings, Path folder) {
    return TextPreprocessing.read(settings, folder);
  }
}
