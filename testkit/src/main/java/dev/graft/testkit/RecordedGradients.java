package dev.graft.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The loss and the gradients' norms and sums that PyTorch recorded for one model. */
record RecordedGradients(double loss, Map<String, Entry> entries) {

  /** Norm and sum of one parameter's gradient. */
  record Entry(double norm, double sum) {}

  static RecordedGradients read(Path file) throws IOException {
    JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
    Map<String, Entry> entries = new LinkedHashMap<>();
    root.get("gradients")
        .properties()
        .forEach(
            e ->
                entries.put(
                    e.getKey(),
                    new Entry(
                        e.getValue().get("l2").asDouble(), e.getValue().get("sum").asDouble())));
    return new RecordedGradients(root.get("loss").asDouble(), entries);
  }

  Set<String> names() {
    return entries.keySet();
  }

  Entry get(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no gradient of '" + name + "' was recorded");
    }
    return entry;
  }

  /** The norm of all gradients together. */
  double norm() {
    return Math.sqrt(entries.values().stream().mapToDouble(e -> e.norm * e.norm).sum());
  }
}
