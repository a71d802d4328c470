package dev.graft.benchmarks.suite;

import dev.graft.backend.Device;
import dev.graft.backend.Precision;
import java.util.Locale;

/** Where and how exactly an engine computes: {@code cpu}, or {@code cpu bfloat16}. */
public record Place(Device device, Precision precision) {
  static final Place CPU = new Place(Device.CPU, Precision.FLOAT32);

  /** What {@link #toString} wrote. */
  static Place parse(String text) {
    String[] words = text.split(" ", 2);
    return new Place(
        Device.parse(words[0]), words.length == 1 ? Precision.FLOAT32 : Precision.parse(words[1]));
  }

  @Override
  public String toString() {
    return precision == Precision.FLOAT32
        ? device.toString()
        : device + " " + precision.name().toLowerCase(Locale.ROOT);
  }
}
