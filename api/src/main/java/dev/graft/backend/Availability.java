package dev.graft.backend;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a backend offers on this machine, found without opening it.
 *
 * @param devices the devices it can open, the CPU first; empty if it cannot run at all
 * @param versions engine and native library versions, by name
 * @param problem why the backend, or its GPU, is not available, and what to add; empty if all is
 */
public record Availability(
    List<Device> devices, Map<String, String> versions, Optional<String> problem) {
  public Availability {
    devices = List.copyOf(devices);
    versions = Map.copyOf(versions);
  }

  public static Availability of(List<Device> devices, Map<String, String> versions) {
    return new Availability(devices, versions, Optional.empty());
  }

  public boolean isAvailable() {
    return !devices.isEmpty();
  }
}
