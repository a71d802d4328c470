package dev.graft.model;

import dev.graft.data.ContentDigest;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.tensor.HostTensor;
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

  /** A model with those of the parameters that the graph has, and no others. */
  public static GraphModel of(Graph graph, ParameterStore parameters) {
    List<String> read = graph.inputs(Role.STATE).stream().map(GraphInput::name).toList();
    return new GraphModel(graph, parameters.filter(read::contains));
  }

  public GraphModel with(ParameterStore other) {
    return new GraphModel(graph, parameters.with(other));
  }

  /**
   * A digest of all that decides what the model computes: nodes, attributes, constants and the
   * parameters that a node or output reads. Equal for equal models in every process.
   */
  public String fingerprint() {
    ContentDigest digest = new ContentDigest();
    graph.inputs().forEach(i -> digest.add(i.toString()));
    new TreeMap<>(graph.constants()).forEach((name, t) -> add(digest.add(name), t));
    Set<String> read = new TreeSet<>(graph.outputs());
    for (Node node : graph.nodes()) {
      read.addAll(node.inputs());
      digest
          .add(node.operator().name())
          .add(node.inputs().toString())
          .add(node.outputs().toString());
      for (String name : new TreeSet<>(node.attributes().names())) {
        HostTensor tensor = node.attributes().tensor(name);
        if (tensor != null) {
          add(digest.add(name), tensor);
        } else {
          digest.add(name).add(String.valueOf(node.attributes().get(name)));
        }
      }
    }
    return digest
        .add(graph.outputs().toString())
        .add(parameters.filter(read::contains).fingerprint())
        .hex();
  }

  /** By its bytes: hash codes of objects differ from one process to the next. */
  private static void add(ContentDigest digest, HostTensor tensor) {
    digest.add(tensor.type().toString()).add(tensor.bytes());
  }
}
