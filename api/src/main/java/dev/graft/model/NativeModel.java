package dev.graft.model;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.data.ContentDigest;
import dev.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * A model of an engine's own format, not opened yet.
 *
 * @param name its file's name
 * @param content as {@link NativeModelFormat#pack} made it
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record NativeModel(NativeModelFormat format, String name, byte[] content) {

  /**
   * Reads a file or folder if a format on the class path takes it.
   *
   * @throws IOException if it cannot be read
   */
  public static Optional<NativeModel> read(Path file) throws IOException {
    for (NativeModelFormat format : formats()) {
      if (format.accepts(file)) {
        String name = file.toAbsolutePath().normalize().getFileName().toString();
        return Optional.of(new NativeModel(format, name, format.pack(file)));
      }
    }
    return Optional.empty();
  }

  /**
   * One whose content is at hand.
   *
   * @throws ModelFormatException if no module on the class path knows the format
   */
  static NativeModel of(String format, String name, byte[] content) {
    List<NativeModelFormat> formats = formats();
    return formats.stream()
        .filter(f -> f.name().equals(format))
        .map(f -> new NativeModel(f, name, content))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelFormatException(
                    name
                        + " is in the format '"
                        + format
                        + "', but this class path runs "
                        + (formats.isEmpty()
                            ? "no engine's own format"
                            : formats.stream()
                                .map(NativeModelFormat::name)
                                .collect(Collectors.joining(", ")))
                        + ". TorchScript comes with dev.graft:graft-backend-djl, SavedModel with"
                        + " dev.graft:graft-backend-tensorflow"));
  }

  private static List<NativeModelFormat> formats() {
    List<NativeModelFormat> formats = new ArrayList<>();
    ServiceLoader.load(NativeModelFormat.class, NativeModel.class.getClassLoader())
        .forEach(formats::add);
    return formats;
  }

  /** A digest of the content. */
  public String digest() {
    return new ContentDigest().add(content).hex();
  }

  /** Opens it; the caller closes it. */
  public FeatureExtractor open(Shape example, Device device, BackendOptions options) {
    return format.open(name, content, example, device, options);
  }

  /** Why something that needs the network itself is refused, and the way out. */
  public ModelFormatException refusal(String purpose) {
    return new ModelFormatException(
        purpose
            + " needs a network that can be edited, but "
            + name
            + " is a model in the format '"
            + format.name()
            + "', which only runs, on backend '"
            + format.backend()
            + "': use the strategy feature-extraction, or export it to ONNX and give that ("
            + format.exportAdvice()
            + ")");
  }
}
