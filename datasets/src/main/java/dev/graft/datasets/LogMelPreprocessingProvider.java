package dev.graft.datasets;

import dev.graft.data.Preprocessing;
import dev.graft.data.PreprocessingProvider;
import java.util.Map;

/** Reads {@link LogMelPreprocessing}. */
public final class LogMelPreprocessingProvider implements PreprocessingProvider {
  @Override
  public String type() {
    return "log-mel";
  }

  @Override
  public Preprocessing read(Map<String, Object> settings) {
    return LogMelPreprocessing.read(settings);
  }
}
