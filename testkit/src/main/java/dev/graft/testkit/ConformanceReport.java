package dev.graft.testkit;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run found.
 *
 * @param versions of the engine, by name
 * @param results one per case, in order
 */
public record ConformanceReport(
    String backend, String device, Map<String, String> versions, List<CaseResult> results) {
  public ConformanceReport {
    versions = Map.copyOf(versions);
    results = List.copyOf(results);
  }

  public long count(Status status) {
    return results.stream().filter(r -> r.status() == status).count();
  }

  /** Whether nothing failed. */
  public boolean isConforming() {
    return count(Status.FAILED) == 0;
  }

  /** One line for each group: how many cases ended in which way. */
  public String summary() {
    Map<String, int[]> groups = new TreeMap<>();
    for (CaseResult r : results) {
      groups
          .computeIfAbsent(r.group(), g -> new int[Status.values().length])[r.status().ordinal()]++;
    }
    StringBuilder s = new StringBuilder();
    groups.forEach((group, counts) -> s.append(line(group, counts)));
    int[] total = new int[Status.values().length];
    results.forEach(r -> total[r.status().ordinal()]++);
    return s.append(line("all", total)).toString();
  }

  private static String line(String group, int[] counts) {
    StringBuilder s = new StringBuilder(String.format(Locale.ROOT, "%-14s", group));
    for (Status status : Status.values()) {
      s.append(
          String.format(
              Locale.ROOT,
              " %5d %s",
              counts[status.ordinal()],
              status.name().toLowerCase(Locale.ROOT)));
    }
    return s.append('\n').toString();
  }

  /** The report as JSON. */
  public String toJson() {
    StringBuilder s = new StringBuilder("{\n  \"backend\": ").append(quote(backend));
    s.append(",\n  \"device\": ").append(quote(device)).append(",\n  \"versions\": {");
    String separator = "";
    for (Map.Entry<String, String> e : new TreeMap<>(versions).entrySet()) {
      s.append(separator).append(quote(e.getKey())).append(": ").append(quote(e.getValue()));
      separator = ", ";
    }
    s.append("},\n  \"summary\": {");
    separator = "";
    for (Status status : Status.values()) {
      String name = status.name().toLowerCase(Locale.ROOT);
      s.append(separator).append(quote(name)).append(": ").append(count(status));
      separator = ", ";
    }
    s.append("},\n  \"cases\": [");
    separator = "\n";
    for (CaseResult r : results) {
      s.append(separator).append("    {\"group\": ").append(quote(r.group()));
      s.append(", \"name\": ").append(quote(r.name()));
      s.append(", \"status\": ").append(quote(r.status().name().toLowerCase(Locale.ROOT)));
      s.append(", \"seconds\": ").append(String.format(Locale.ROOT, "%.4f", r.seconds()));
      s.append(", \"reason\": ").append(quote(r.reason())).append('}');
      separator = ",\n";
    }
    return s.append("\n  ]\n}\n").toString();
  }

  private static String quote(String text) {
    StringBuilder s = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        s.append('\\').append(c);
      } else if (c < ' ') {
        s.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        s.append(c);
      }
    }
    return s.append('"').toString();
  }
}
