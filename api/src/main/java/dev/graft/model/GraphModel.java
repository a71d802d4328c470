package dev.graft.model;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A graph with values for all of its state inputs. */
public record GraphModel(Graph graph, ParameterStore parameters) {
  public GraphModel {
    List<String> missing =
        graph.inputs(Role.STATE).stream()
            .map(GraphInput::name)
            .filter(n -> !parameters.has(n))
            .toList();
    if (!missing.isEmpty()) {
      throw new GraphException("the model has no values for " + missing);
    }
  }

  public GraphModel with(ParameterStore other) {
    return new GraphModel(graph, parameters.with(other));
  }

  /**
   * A digest of all that decides what the model computes: nodes, attributes, constants and the
   * parameters that a node or output reads. Equal for equal models in every process.
   */
  public String fingerprint() {
    StringBuilder text = new StringBuilder();
    graph.inputs().forEach(i -> text.append(i).append('\n'));
    new TreeMap<>(graph.constants())
        .forEach((name, t) -> text.append(name).append(t.type()).append(t.hashCode()).append('\n'));
    Set<String> read = new TreeSet<>(graph.outputs());
    for (Node node : graph.nodes()) {
      read.addAll(node.inputs());
      text.append(node.operator().name()).append(node.inputs()).append(node.outputs());
      for (String name : new TreeSet<>(node.attributes().names())) {
        text.append(name).append('=').append(node.attributes().get(name)).append(' ');
      }
      text.append('\n');
    }
    text.append(graph.outputs()).append(parameters.filter(read::contains).fingerprint());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
