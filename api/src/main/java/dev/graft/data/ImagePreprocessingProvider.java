package dev.graft.data;

import java.util.Map;

/** Reads {@link ImagePreprocessing}. */
public final class ImagePreprocessingProvider implements PreprocessingProvider {
  @Override
  public String type() {
    return "image";
  }

  @Override
  public Preprocessing read(Map<String, Object> settings) {
    return ImagePreprocessing.read(settings);
  }
}
