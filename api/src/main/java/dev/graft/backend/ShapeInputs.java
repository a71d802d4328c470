package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.Role;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the inputs of a graph whose values decide about the shapes of others. */
final class ShapeInputs {
  /** For each operator the inputs that are sizes, axes, counts or positions. */
  private static final Map<String, List<Integer>> SLOTS =
      Map.ofEntries(
          Map.entry("Reshape", List.of(1)),
          Map.entry("Expand", List.of(1)),
          Map.entry("Tile", List.of(1)),
          Map.entry("Slice", List.of(1, 2, 3, 4)),
          Map.entry("Pad", List.of(1, 3)),
          Map.entry("Squeeze", List.of(1)),
          Map.entry("Unsqueeze", List.of(1)),
          Map.entry("Split", List.of(1)),
          Map.entry("Resize", List.of(1, 2, 3)),
          Map.entry("ConstantOfShape", List.of(0)),
          Map.entry("Range", List.of(0, 1, 2)),
          Map.entry("TopK", List.of(1)),
          Map.entry("OneHot", List.of(1)),
          Map.entry("CumSum", List.of(1)),
          Map.entry("Trilu", List.of(1)),
          Map.entry("ReverseSequence", List.of(1)),
          Map.entry("RNN", List.of(4)),
          Map.entry("GRU", List.of(4)),
          Map.entry("LSTM", List.of(4)),
          Map.entry("Attention", List.of(6)));

  private ShapeInputs() {}

  static Set<String> of(Graph graph) {
    Set<String> structural = new HashSet<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      String operator = node.operator().name();
      List<Integer> slots =
          operator.startsWith("Reduce") ? List.of(1) : SLOTS.getOrDefault(operator, List.of());
      for (int slot : slots) {
        if (node.hasInput(slot)) {
          structural.add(node.inputs().get(slot));
        }
      }
      // What a structural value is computed from is structural too, unless only its shape counts.
      if (node.outputs().stream().anyMatch(structural::contains)
          && !operator.equals("Shape")
          && !operator.equals("Size")) {
        structural.addAll(node.inputs());
      }
    }
    structural.retainAll(
        graph.inputs(Role.BATCH).stream()
            .filter(in -> in.type().rank() <= 1)
            .map(GraphInput::name)
            .toList());
    return structural;
  }
}
