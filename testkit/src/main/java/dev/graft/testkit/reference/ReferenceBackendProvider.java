package dev.graft.testkit.reference;

import dev.graft.backend.Availability;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Device;
import java.util.List;
import java.util.Map;

/**
 * Makes the oracle known as the backend {@code reference}: always there, never the first choice.
 */
public final class ReferenceBackendProvider implements BackendProvider {
  static final String NAME = "reference";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int preference() {
    return 1000;
  }

  @Override
  public Availability availability() {
    return Availability.of(List.of(Device.CPU), versions());
  }

  static Map<String, String> versions() {
    return Map.of("java", Runtime.version().toString());
  }

  /** Opens it without options. The caller closes it. */
  public Backend open() {
    return open(Device.CPU, BackendOptions.DEFAULT);
  }

  @Override
  public Backend open(Device device, BackendOptions options) {
    if (!device.equals(Device.CPU)) {
      throw new BackendException(
          "backend '"
              + NAME
              + "' computes in plain Java and has no device '"
              + device
              + "'; use cpu, or another backend");
    }
    return new ReferenceBackend();
  }
}
