package dev.graft.model;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens models of an engine's own format. They can be run, but not be edited or differentiated, so
 * they serve as frozen feature extractors. Found by ServiceLoader.
 */
public interface NativeModelFormat {
  /** Lower case, such as {@code torchscript}. */
  String name();

  /** The name of the backend whose engine runs it. */
  String backend();

  /** How a model of this format is written as ONNX instead, for people who want to tune it. */
  String exportAdvice();

  /** Whether its images come with channels last, where nothing says otherwise. */
  boolean channelsLast();

  /** Whether this looks like a model of the format; no engine is loaded for that. */
  boolean accepts(Path file);

  /** The whole model as the content of one file, which {@link #open} takes. */
  byte[] pack(Path file) throws IOException;

  /**
   * Opens a model. The caller closes it.
   *
   * @param name what messages call it
   * @param example the shape of one example, without the batch
   * @throws ModelFormatException if it is damaged or does not map one batch of numbers to one
   * @throws dev.graft.backend.BackendException if the engine or the device is not there
   */
  FeatureExtractor open(
      String name, byte[] content, Shape example, Device device, BackendOptions options);
}
