package dev.graft.backend;

import dev.graft.graph.Node;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A graph with nodes that a backend lacks. All of them are reported at once. */
public final class UnsupportedGraphException extends BackendException {
  private static final long serialVersionUID = 1;

  private final transient Map<Node, String> reasons;

  /**
   * @param backend the backend's name
   * @param reasons the unsupported nodes and why each is refused
   */
  public UnsupportedGraphException(String backend, Map<Node, String> reasons) {
    super(
        "backend '"
            + backend
            + "' cannot run "
            + reasons.entrySet().stream()
                .map(e -> e.getKey().describe() + ": " + e.getValue())
                .collect(Collectors.joining("; "))
            + ". Choose another backend, or cut the model before '"
            + reasons.keySet().iterator().next().name()
            + "'.");
    this.reasons = Map.copyOf(reasons);
  }

  /** The unsupported nodes and why each is refused. */
  public Map<Node, String> reasons() {
    return reasons;
  }

  /** The names of the operators that are lacking, without repetition. */
  public List<String> operators() {
    return reasons.keySet().stream().map(n -> n.operator().name()).distinct().sorted().toList();
  }
}
