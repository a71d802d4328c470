package dev.graft.backend;

/**
 * Makes a backend known to {@link Backends} through {@link java.util.ServiceLoader}. A provider
 * must be cheap to construct: it touches no native library before it is asked.
 */
public interface BackendProvider {
  /** The name users choose it by: lower case, such as {@code onnx}. */
  String name();

  /** The place in the default order when nobody chooses: lower comes first. */
  int preference();

  /** Devices and versions, or the reason why there are none. Never throws. */
  Availability availability();

  /**
   * Opens the backend on a device. The caller closes it.
   *
   * @throws BackendException if the engine or the device is not there; the message says what to add
   */
  Backend open(Device device, BackendOptions options);
}
