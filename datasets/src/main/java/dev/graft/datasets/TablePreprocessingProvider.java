package dev.graft.datasets;

import dev.graft.data.Preprocessing;
import dev.graft.data.PreprocessingProvider;
import java.util.Map;

/** Reads {@link TablePreprocessing}. */
public final class TablePreprocessingProvider implements PreprocessingProvider {
  @Override
  public String type() {
    return "table";
  }

  @Override
  public Preprocessing read(Map<String, Object> settings) {
    return TablePreprocessing.read(settings);
  }
}
