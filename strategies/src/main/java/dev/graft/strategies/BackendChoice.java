package dev.graft.strategies;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.backend.Precision;
import dev.graft.backend.PrecisionBackend;
import java.util.Optional;

/**
 * The backend that an application wants. It names one and holds none: whoever opens it closes it.
 *
 * @param name the backend's name; empty for the preferred one that can run here
 * @param device where it runs
 * @param options how it is opened
 * @param precision the arithmetic of its programs
 */
public record BackendChoice(
    Optional<String> name, Device device, BackendOptions options, Precision precision) {
  /** The preferred backend on the CPU. */
  public static final BackendChoice PREFERRED =
      new BackendChoice(Optional.empty(), Device.CPU, BackendOptions.DEFAULT, Precision.FLOAT32);

  public static BackendChoice of(String name) {
    return new BackendChoice(
        Optional.of(name), Device.CPU, BackendOptions.DEFAULT, Precision.FLOAT32);
  }

  /**
   * Opens it. The caller closes it.
   *
   * @throws dev.graft.backend.BackendException if the backend or its device is not there
   */
  public Backend open(Backends backends) {
    return PrecisionBackend.of(backends.choose(name).open(device, options), precision);
  }
}
