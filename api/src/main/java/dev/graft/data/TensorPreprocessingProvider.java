package dev.graft.data;

import java.util.Map;

/** Reads {@link TensorPreprocessing}. */
public final class TensorPreprocessingProvider implements PreprocessingProvider {
  @Override
  public String type() {
    return "tensor";
  }

  @Override
  public Preprocessing read(Map<String, Object> settings) {
    return TensorPreprocessing.read(settings);
  }
}
