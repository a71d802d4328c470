package dev.graft.backend;

import java.util.Locale;

/** A processor that a backend can run on: {@code cpu}, {@code gpu:0}, {@code gpu:1}, ... */
public record Device(Kind kind, int index) {
  /** The kinds of devices. */
  public enum Kind {
    CPU,
    GPU
  }

  public static final Device CPU = new Device(Kind.CPU, 0);

  public static Device gpu(int index) {
    return new Device(Kind.GPU, index);
  }

  /** Reads {@code cpu}, {@code gpu} (the first one) or {@code gpu:N}. */
  public static Device parse(String text) {
    String s = text.trim().toLowerCase(Locale.ROOT);
    if (s.equals("cpu")) {
      return CPU;
    }
    if (s.matches("gpu(:\\d{1,4})?")) {
      return gpu(s.length() == 3 ? 0 : Integer.parseInt(s.substring(4)));
    }
    throw new IllegalArgumentException(
        "no device is called '" + text + "'; use cpu, gpu or gpu:N such as gpu:0");
  }

  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "gpu:" + index;
  }
}
