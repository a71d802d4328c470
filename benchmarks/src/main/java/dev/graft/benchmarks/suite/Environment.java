package dev.graft.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The machine and the software of a run.
 *
 * @param processor its model name, or its architecture where the system does not tell
 * @param processors how many the JVM may use
 * @param memoryMiB the physical memory
 * @param system operating system and version
 * @param java the runtime's version and vendor
 * @param versions of Graft and the engines
 */
public record Environment(
    String processor,
    int processors,
    long memoryMiB,
    String system,
    String java,
    Map<String, String> versions) {
  public Environment {
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }

  /** This machine. */
  public static Environment here(Map<String, String> versions) {
    return new Environment(
        field(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        physicalMemory(),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        versions);
  }

  private static long physicalMemory() {
    String kib = field(Path.of("/proc/meminfo"), "MemTotal", "0").replaceAll("[^0-9]", "");
    return Long.parseLong(kib) / 1024;
  }

  private static String field(Path file, String name, String otherwise) {
    try {
      return Files.readAllLines(file).stream()
          .filter(l -> l.startsWith(name))
          .map(l -> l.substring(l.indexOf(':') + 1).trim())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}
