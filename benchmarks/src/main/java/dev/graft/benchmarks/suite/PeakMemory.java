package dev.graft.benchmarks.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The largest resident memory of this process, native memory of the engines included, as Linux
 * counts it.
 */
public final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");

  private PeakMemory() {}

  /** Begins a new measurement where the system allows it; else the peak is since the start. */
  public static void reset() {
    try {
      Files.writeString(RESET, "5", StandardCharsets.US_ASCII);
    } catch (IOException e) {
      // Other systems have no such counter; mebibytes() says 0 there.
    }
  }

  /** The peak in MiB since the last reset; 0 where the system does not tell. */
  public static double mebibytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmHWM:")) {
          return Math.round(Double.parseDouble(line.replaceAll("[^0-9]", "")) / 102.4) / 10.0;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
