package dev.graft.model;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.data.DataException;
import dev.graft.data.Preprocessing;
import dev.graft.data.PreprocessingProvider;
import dev.graft.data.Preprocessings;
import dev.graft.data.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads {@link NativeFeatures} back; they run on the CPU. */
public final class NativeFeaturesProvider implements PreprocessingProvider {
  @Override
  public String type() {
    return NativeFeatures.TYPE;
  }

  @Override
  public Preprocessing read(Map<String, Object> settings) {
    return read(settings, Path.of(""));
  }

  @Override
  public Preprocessing read(Map<String, Object> values, Path folder) {
    Settings settings = new Settings("preprocessing '" + NativeFeatures.TYPE + "'", values);
    String format = settings.text("format");
    String file = settings.text("file");
    String digest = settings.text("digest");
    List<Map<String, Object>> inner = settings.maps("of");
    settings.end();
    NativeModel model = NativeModel.of(format, file, content(folder.resolve(file)));
    if (!model.digest().equals(digest)) {
      throw new DataException(
          folder.resolve(file) + " is not the model that the features were made with; restore it");
    }
    return new NativeFeatures(
        model, Preprocessings.read(inner.get(0), folder), Device.CPU, BackendOptions.DEFAULT);
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new DataException(
          "the model that makes the features, " + file + ", cannot be read: " + e, e);
    }
  }
}
