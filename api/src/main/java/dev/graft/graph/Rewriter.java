package dev.graft.graph;

import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Copies a graph node by node into a new builder, which infers every type again. All whole-graph
 * changes are such copies: specialisation, decomposition, dead-code removal.
 */
public final class Rewriter {
  private final Graph source;
  private final GraphBuilder target;

  /** From names in the source to values in the target. */
  private final Map<String, Value> values = new HashMap<>();

  /** Begins a copy into a fresh builder. */
  public Rewriter(Graph source) {
    this(source, new GraphBuilder());
  }

  /** Begins a copy into a builder that may hold nodes already. */
  public Rewriter(Graph source, GraphBuilder target) {
    this.source = source;
    this.target = target;
    target.reserve(source.values());
  }

  public GraphBuilder target() {
    return target;
  }

  /** The copy of a source value; an error if it has not been copied yet. */
  public Value get(String name) {
    Value v = values.get(name);
    if (v == null) {
      throw new GraphException(
          "value '"
              + name
              + "' has not been copied. "
              + Suggestions.closest(name, values.keySet()));
    }
    return v;
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** Lets a source value be read as {@code replacement} from here on. */
  public Rewriter bind(String name, Value replacement) {
    values.put(name, replacement);
    return this;
  }

  /** Copies the inputs and constants that are not bound yet. */
  public Rewriter copyInputs(Function<GraphInput, TensorType> type) {
    for (GraphInput input : source.inputs()) {
      if (!values.containsKey(input.name())) {
        bind(input.name(), target.input(input.name(), type.apply(input), input.role()));
      }
    }
    source.constants().forEach(this::copyConstant);
    return this;
  }

  public Rewriter copyInputs() {
    return copyInputs(GraphInput::type);
  }

  private void copyConstant(String name, HostTensor tensor) {
    if (!values.containsKey(name)) {
      bind(name, target.has(name) ? target.constant(tensor) : target.constant(name, tensor));
    }
  }

  /** Copies a node, keeping the names of its outputs where they are free. */
  public void copy(Node node) {
    List<String> in = new ArrayList<>();
    for (String name : node.inputs()) {
      in.add(name.isEmpty() ? "" : get(name).name());
    }
    List<String> out = new ArrayList<>();
    for (String name : node.outputs()) {
      out.add(name.isEmpty() || !target.has(name) ? name : target.unique(name));
    }
    List<@Nullable Value> results =
        target.node(new Node(node.name(), node.operator(), in, out, node.attributes()));
    bindOutputs(node, results);
  }

  /** Lets the outputs of a source node be read as the given values. */
  public void bindOutputs(Node node, List<? extends @Nullable Value> results) {
    for (int i = 0; i < node.outputs().size(); i++) {
      Value v = i < results.size() ? results.get(i) : null;
      if (node.hasOutput(i)) {
        if (v == null) {
          throw new GraphException(node.describe() + " was rewritten without its output " + i);
        }
        bind(node.outputs().get(i), v);
      }
    }
  }

  /** A source node as its rules see it in the target. */
  public NodeContext context(Node node) {
    List<@Nullable Value> in = new ArrayList<>();
    for (String name : node.inputs()) {
      in.add(name.isEmpty() ? null : get(name));
    }
    return new NodeContext(
        target, node.operator(), node.name(), in, node.attributes(), node.outputs().size());
  }

  /** Declares the outputs and updates of the source on the target and builds it. */
  public Graph finish() {
    for (String output : source.outputs()) {
      Value v = get(output);
      target.output(v.name().equals(output) ? v : target.identity(v, output));
    }
    source.updates().forEach((state, value) -> target.update(state, get(value)));
    return target.build();
  }

  // --- whole-graph changes

  /**
   * Replaces by their decompositions, again and again, all nodes that {@code unwanted} names and
   * that have one. Names of the graph's outputs stay.
   */
  public static Graph decompose(Graph graph, BiPredicate<Graph, Node> unwanted) {
    Graph current = graph;
    Graph before;
    do {
      before = current;
      Graph g = current;
      current = decomposeOnce(g, node -> unwanted.test(g, node));
    } while (current != before);
    return current;
  }

  /** Replaces the unwanted nodes once; the same graph if there are none with a decomposition. */
  static Graph decomposeOnce(Graph graph, Predicate<Node> unwanted) {
    Set<Node> replace = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (node.operator().decomposition() != null && unwanted.test(node)) {
        replace.add(node);
      }
    }
    if (replace.isEmpty()) {
      return graph;
    }
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Operator.Decomposition rule = node.operator().decomposition();
      List<@Nullable Value> results =
          rule != null && replace.contains(node) ? rule.apply(rewriter.context(node)) : null;
      if (results == null) {
        rewriter.copy(node);
      } else {
        rewriter.bindOutputs(node, results);
        changed = true;
      }
    }
    return changed ? prune(rewriter.finish()) : graph;
  }

  /** The graph without nodes and constants that no output or update needs. Inputs stay. */
  public static Graph prune(Graph graph) {
    Set<String> live = new HashSet<>(graph.outputs());
    live.addAll(graph.updates().values());
    List<Node> kept = new ArrayList<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (node.outputs().stream().anyMatch(live::contains)) {
        kept.add(node);
        live.addAll(node.inputs());
      }
    }
    Collections.reverse(kept);
    Map<String, HostTensor> constants = new LinkedHashMap<>(graph.constants());
    constants.keySet().retainAll(live);
    Map<String, TensorType> types = new HashMap<>();
    graph.inputs().forEach(i -> types.put(i.name(), i.type()));
    constants.forEach((name, t) -> types.put(name, t.type()));
    for (Node node : kept) {
      node.outputs().stream().filter(o -> !o.isEmpty()).forEach(o -> types.put(o, graph.type(o)));
    }
    return new Graph(graph.inputs(), constants, kept, graph.outputs(), graph.updates(), types);
  }
}
