package dev.graft.graph.edit;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.Role;
import dev.graft.graph.edit.Parameter.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The parameters of a graph with their logical names, and choices among them. */
public final class Parameters {
  /** Operators that only rearrange a parameter on its way to the one that uses it. */
  static final Set<String> VIEWS =
      Set.of("Identity", "Transpose", "Reshape", "Unsqueeze", "Squeeze", "Cast", "Slice", "Concat");

  /** Names that exporters make up, which say nothing of the place. */
  private static final Pattern ANONYMOUS =
      Pattern.compile("(onnx::.*|val_\\d+|_val_\\d+|t?\\d+|constant.*|.*_constant.*)");

  private final List<Parameter> all;

  private Parameters(List<Parameter> all) {
    this.all = List.copyOf(all);
  }

  /** A node that uses a parameter, and as which of its inputs. */
  private record Use(Node node, int input) {}

  public static Parameters of(Graph graph) {
    Map<String, List<Use>> readers = new HashMap<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        readers.computeIfAbsent(node.inputs().get(i), k -> new ArrayList<>()).add(new Use(node, i));
      }
    }
    Map<String, List<Use>> uses = new HashMap<>();
    for (GraphInput input : graph.inputs(Role.STATE)) {
      List<Use> found = new ArrayList<>();
      collectUses(readers, input.name(), found, new HashSet<>());
      uses.put(input.name(), found);
    }
    Map<String, Integer> depths = depths(graph, uses);
    List<Parameter> all = new ArrayList<>();
    Set<String> paths = new HashSet<>();
    for (GraphInput input : graph.inputs(Role.STATE)) {
      List<Use> found = uses.get(input.name());
      Kind kind = found.isEmpty() ? Kind.OTHER : kind(found.get(0), input);
      String path = path(readers, input.name(), found, kind);
      // Two anonymous parameters of one scope are told apart by their number.
      String distinct = path;
      for (int i = 1; !paths.add(distinct); i++) {
        distinct = path + "." + i;
      }
      all.add(
          new Parameter(
              input.name(),
              distinct,
              kind,
              depths.getOrDefault(input.name(), 0),
              found.stream().map(u -> u.node().name()).distinct().toList(),
              input.type()));
    }
    return new Parameters(all);
  }

  /** All of them, in the order of the graph's inputs. */
  public List<Parameter> all() {
    return all;
  }

  /** The parameter with this store name. */
  public Parameter get(String name) {
    return all.stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new GraphException("no parameter '" + name + "'"));
  }

  /** The store names of those that satisfy the test. */
  public Set<String> select(Predicate<Parameter> test) {
    return all.stream()
        .filter(test)
        .map(Parameter::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The store names of everything a gradient may change. */
  public Set<String> trainable() {
    return select(Parameter::isTrainable);
  }

  /** What stays trainable when the layers below {@code depth} are frozen. */
  public Set<String> trainableFrom(int depth) {
    return select(p -> p.isTrainable() && p.depth() >= depth);
  }

  /**
   * The store names of parameters whose logical name (or own name) matches a pattern, in which
   * {@code *} stands for any characters.
   *
   * @throws GraphException if nothing matches; the message shows some of the names
   */
  public Set<String> matching(String glob) {
    Pattern pattern =
        Pattern.compile(
            java.util.Arrays.stream(glob.split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")));
    Set<String> names =
        select(p -> pattern.matcher(p.path()).matches() || pattern.matcher(p.name()).matches());
    if (names.isEmpty()) {
      throw new GraphException(
          "no parameter matches '"
              + glob
              + "'; there are "
              + all.stream().map(Parameter::path).limit(8).collect(Collectors.joining(", "))
              + (all.size() > 8 ? ", … (" + all.size() + " in all)" : ""));
    }
    return names;
  }

  /** The number of layers: one more than the largest depth. */
  public int layers() {
    return all.stream().mapToInt(Parameter::depth).max().orElse(-1) + 1;
  }

  // --- uses

  private static void collectUses(
      Map<String, List<Use>> readers, String value, List<Use> found, Set<String> seen) {
    if (!seen.add(value)) {
      return;
    }
    for (Use use : readers.getOrDefault(value, List.of())) {
      if (VIEWS.contains(use.node().operator().name())) {
        collectUses(readers, use.node().outputs().get(0), found, seen);
      } else {
        found.add(use);
      }
    }
  }

  /** Numbers the nodes that use parameters, in topological order; one number per layer. */
  private static Map<String, Integer> depths(Graph graph, Map<String, List<Use>> uses) {
    Map<Node, List<String>> byNode = new HashMap<>();
    uses.forEach(
        (name, found) ->
            found.forEach(u -> byNode.computeIfAbsent(u.node(), k -> new ArrayList<>()).add(name)));
    Map<String, Integer> depths = new HashMap<>();
    int depth = -1;
    for (Node node : graph.nodes()) {
      List<String> names = byNode.getOrDefault(node, List.of());
      // Norms and biases belong to the product before them.
      if (!names.isEmpty() && (depth < 0 || OperatorRoles.isProduct(node.operator().name()))) {
        depth++;
      }
      for (String name : names) {
        depths.putIfAbsent(name, depth);
      }
    }
    return depths;
  }

  private static Kind kind(Use use, GraphInput input) {
    return OperatorRoles.kind(use.node().operator().name(), use.input(), input.type().rank());
  }

  // --- logical names

  private static String path(
      Map<String, List<Use>> readers, String name, List<Use> uses, Kind kind) {
    if (!ANONYMOUS.matcher(name).matches() || uses.isEmpty()) {
      return name;
    }
    Node node = uses.get(0).node();
    String suffix = kind == Kind.BIAS || kind == Kind.NORM_BIAS ? "bias" : "weight";
    String scope = scope(node.name());
    if (!scope.isEmpty()) {
      return scope + "." + suffix;
    }
    // Without scopes the bias that is added next may still carry the layer's name.
    if (!node.outputs().isEmpty()) {
      for (Use next : readers.getOrDefault(node.outputs().get(0), List.of())) {
        for (String sibling : next.node().inputs()) {
          if (next.node().operator().name().equals("Add") && sibling.endsWith(".bias")) {
            return sibling.substring(0, sibling.length() - "bias".length()) + suffix;
          }
        }
      }
    }
    return name;
  }

  /** {@code /encoder/layer.0/query/MatMul} gives {@code encoder.layer.0.query}. */
  private static String scope(String nodeName) {
    if (!nodeName.startsWith("/")) {
      return "";
    }
    int last = nodeName.lastIndexOf('/');
    return last <= 0 ? "" : nodeName.substring(1, last).replace('/', '.');
  }
}
