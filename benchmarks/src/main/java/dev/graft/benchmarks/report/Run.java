package dev.graft.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.ResultLog;
import dev.graft.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a benchmark left in its output directory.
 *
 * @param directory where
 * @param results of all its cells
 * @param metric the metric of its verdicts
 * @param environment machine, system and versions by name
 */
record Run(
    Path directory,
    List<CellResult> results,
    String metric,
    SortedMap<String, String> environment) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * @throws DataException if a benchmark has not written its results and summary there
   */
  static Run read(Path directory) throws IOException {
    List<CellResult> results = ResultLog.read(directory);
    Path summary = directory.resolve(Reports.SUMMARY);
    if (!Files.isRegularFile(summary)) {
      throw new DataException(
          directory + " has no " + Reports.SUMMARY + "; let the benchmark come to its end first");
    }
    JsonNode root = JSON.readTree(summary.toFile());
    SortedMap<String, String> environment = new TreeMap<>();
    for (var entry : root.path("environment").properties()) {
      if (entry.getValue().isObject()) {
        entry.getValue().properties().forEach(v -> environment.put(v.getKey(), text(v.getValue())));
      } else {
        environment.put(entry.getKey(), text(entry.getValue()));
      }
    }
    return new Run(directory, results, root.path("metric").asText(), environment);
  }

  private static String text(JsonNode value) {
    return value.asText();
  }

  /** The directory's own name. */
  String name() {
    Path name = directory.toAbsolutePath().normalize().getFileName();
    return name == null ? directory.toString() : name.toString();
  }
}
