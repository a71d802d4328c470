package dev.graft.backend.onnx;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs the optimizer's updates in the shapes of the slots ({@link SlotShape}): those of small
 * parameters as one, over all of them in a row, since for most of them starting a kernel takes
 * longer than its work; AdamW's of large parameters in kernels that multiply and add in one pass.
 */
final class Updates {
  /** The number of inputs with the parameter's shape. */
  private static final Map<String, Integer> TENSORS = Map.of("SgdUpdate", 3, "AdamWUpdate", 4);

  private final Graph graph;
  private final Rewriter rewriter;
  private final GraphBuilder g;
  private final SlotShape slots;

  private Updates(Graph graph, SlotShape slots) {
    this.graph = graph;
    this.slots = slots;
    this.rewriter = new Rewriter(graph).copyInputs();
    this.g = rewriter.target();
  }

  /** What updates must have in common to run as one. */
  private record Kind(String operator, Attributes attributes, List<String> scalars, String dtype) {}

  static Graph apply(Graph graph, SlotShape slots) {
    boolean any = graph.nodes().stream().anyMatch(n -> TENSORS.containsKey(n.operator().name()));
    return any ? new Updates(graph, slots).rewrite() : graph;
  }

  private Graph rewrite() {
    Set<String> read = new HashSet<>();
    graph.nodes().forEach(n -> read.addAll(n.inputs()));
    Map<Kind, List<Node>> groups = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      String operator = node.operator().name();
      Integer tensors = TENSORS.get(operator);
      if (tensors == null || !type(node).shape().isStatic()) {
        rewriter.copy(node);
      } else if (type(node).shape().elements() < SlotShape.LARGE
          && node.outputs().stream().noneMatch(read::contains)) {
        List<String> scalars = List.copyOf(node.inputs().subList(tensors, node.inputs().size()));
        Kind kind = new Kind(operator, node.attributes(), scalars, type(node).dtype().name());
        groups.computeIfAbsent(kind, k -> new ArrayList<>()).add(node);
      } else if (operator.equals("AdamWUpdate") && slots.isBlocked(type(node))) {
        bind(List.of(node), adamW(node));
      } else {
        inARow(List.of(node));
      }
    }
    groups.values().forEach(this::inARow);
    return Rewriter.prune(rewriter.finish());
  }

  private TensorType type(Node update) {
    return graph.type(update.inputs().get(0));
  }

  private Value in(Node node, int i) {
    return rewriter.get(node.inputs().get(i));
  }

  /** Lets the parts of some rows be read as the outputs of the updates. */
  private void bind(List<Node> nodes, List<Value> rows) {
    for (int i = 0; i < rows.size(); i++) {
      List<Value> parts = parts(rows.get(i), nodes);
      for (int k = 0; k < nodes.size(); k++) {
        if (nodes.get(k).hasOutput(i)) {
          long[] shape = type(nodes.get(k)).shape().sizes();
          rewriter.bind(nodes.get(k).outputs().get(i), parts.get(k).reshape(shape));
        }
      }
    }
  }

  // --- several at once

  private void inARow(List<Node> nodes) {
    Node first = nodes.get(0);
    int tensors = TENSORS.get(first.operator().name());
    Value[] inputs = new Value[first.inputs().size()];
    Arrays.setAll(inputs, i -> i < tensors ? row(nodes, i) : in(first, i));
    bind(nodes, g.ops(first.operator().name(), first.attributes(), tensors - 1, inputs));
  }

  private Value row(List<Node> nodes, int input) {
    Value[] flat = nodes.stream().map(n -> in(n, input).reshape(-1)).toArray(Value[]::new);
    return flat.length == 1 ? flat[0] : g.op("Concat", Attributes.of("axis", 0), flat);
  }

  private List<Value> parts(Value row, List<Node> nodes) {
    if (nodes.size() == 1) {
      return List.of(row);
    }
    long[] sizes = nodes.stream().mapToLong(n -> type(n).shape().elements()).toArray();
    return g.ops("Split", Attributes.of("axis", 0), sizes.length, row, g.vector(sizes));
  }

  // --- large ones

  /**
   * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2) in ten passes over
   * memory, where the plain formula takes fourteen.
   */
  private List<Value> adamW(Node node) {
    Attributes a = node.attributes();
    double beta1 = a.f("beta1", 0.9);
    double beta2 = a.f("beta2", 0.999);
    Value parameter = slot(node, 0);
    Value gradient = slot(node, 1);
    Value step = in(node, 4);
    Value rate = in(node, 5);
    Value one = g.scalar(parameter.dtype(), 1);
    // Lines 7 and 8.
    Value m = scaled(gradient, one.mul(1 - beta1), null, scaled(slot(node, 2), one.mul(beta1)));
    Value v =
        scaled(gradient.square(), one.mul(1 - beta2), null, scaled(slot(node, 3), one.mul(beta2)));
    // Lines 9 and 10, as scalars.
    Value correction1 = one.sub(g.op("Pow", one.mul(beta1), step));
    Value correction2 = one.sub(g.op("Pow", one.mul(beta2), step));
    // Line 12.
    Value epsilon = one.mul(a.f("epsilon", 1e-8));
    Value root = scaled(v.sqrt(), correction2.sqrt().reciprocal(), epsilon, null);
    Value kept = scaled(parameter, one.sub(rate.mul(a.f("weight_decay", 0.01))));
    Value moved = scaled(m.div(root), rate.div(correction1).neg(), null, kept);
    return List.of(moved, m, v);
  }

  private Value slot(Node node, int input) {
    return in(node, input).reshape(slots.of(type(node)).shape().sizes());
  }

  private Value scaled(Value x, Value factor) {
    return scaled(x, factor, null, null);
  }

  /** {@code x * factor + offset + sum} with scalars for the factor and the offset. */
  private Value scaled(Value x, Value factor, @Nullable Value offset, @Nullable Value sum) {
    Value channels = g.vector(slots.block());
    return new Blocks(g, slots.block())
        .affine(
            x,
            g.op("Expand", factor, channels),
            offset == null ? null : g.op("Expand", offset, channels),
            new Blocks.Ending(sum, false));
  }
}
