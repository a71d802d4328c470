package dev.graft.onnx;

import dev.graft.model.ModelFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects everything that stands against an import, so that it is reported at once. */
final class Problems {
  private final Map<String, List<String>> nodes = new LinkedHashMap<>();

  /** A reason, and the node it concerns. */
  void add(String reason, String node) {
    nodes.computeIfAbsent(reason, r -> new ArrayList<>()).add("'" + node + "'");
  }

  /**
   * @throws ModelFormatException with all reasons and nodes, if there are any
   */
  void throwIfAny(String source) {
    if (nodes.isEmpty()) {
      return;
    }
    StringBuilder message = new StringBuilder(source).append(" cannot be imported:");
    nodes.forEach(
        (reason, names) ->
            message
                .append("\n  ")
                .append(reason)
                .append(names.size() == 1 ? "; node " : "; nodes ")
                .append(String.join(", ", names)));
    throw new ModelFormatException(message.toString());
  }
}
