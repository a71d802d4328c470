package dev.graft.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The model formats on a class path. */
public final class ModelFormats {
  private final List<ModelFormat> formats;

  private ModelFormats(List<ModelFormat> formats) {
    this.formats = List.copyOf(formats);
  }

  /** Those that the thread's context class loader finds. */
  public static ModelFormats discover() {
    List<ModelFormat> found = new ArrayList<>();
    ServiceLoader.load(ModelFormat.class, Thread.currentThread().getContextClassLoader())
        .forEach(found::add);
    return new ModelFormats(found);
  }

  /**
   * Reads a model with the first format that accepts the file.
   *
   * @throws ModelFormatException if no format does, or the file is damaged or not supported
   */
  public GraphModel read(Path file) throws IOException {
    Optional<NativeModel> runsOnly = NativeModel.read(file);
    if (runsOnly.isPresent()) {
      throw runsOnly.get().refusal("reading it as a graph");
    }
    if (Files.isDirectory(file)) {
      throw new ModelFormatException(file + " is a folder; name a model file");
    }
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    for (ModelFormat format : formats) {
      if (format.accepts(file)) {
        return format.read(file);
      }
    }
    throw new ModelFormatException(
        file
            + " is in no known model format; this class path reads "
            + (formats.isEmpty()
                ? "none. Add dev.graft:graft-format-onnx"
                : formats.stream().map(ModelFormat::name).collect(Collectors.joining(", "))));
  }
}
