package dev.graft.backend.onnx;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the convolutional part of a graph with state, above all of a training step, for ONNX
 * Runtime's kernels on channel blocks. The runtime itself uses them only where weights are
 * constants; forward and backward they take a third of the time of its general kernels.
 *
 * <p>Convolutions, batch normalisation, their gradients and what works element by element between
 * them stay in blocks; other nodes get their inputs in the plain order. What does not depend on
 * state is left to the runtime, which folds more into constants than this could.
 */
final class BlockedLayout {
  /** Operators that work element by element and make finite numbers of finite numbers. */
  private static final Set<String> ELEMENTWISE =
      Set.of(
          "Abs",
          "Add",
          "And",
          "Cast",
          "Clip",
          "Elu",
          "Equal",
          "Erf",
          "Gelu",
          "Greater",
          "GreaterOrEqual",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "Less",
          "LessOrEqual",
          "Max",
          "Min",
          "Mul",
          "Neg",
          "Not",
          "Or",
          "Relu",
          "Selu",
          "Sigmoid",
          "Sign",
          "Softplus",
          "Softsign",
          "Sub",
          "Tanh",
          "Where");

  /** Those that may not: allowed where no channel was added to fill up a block. */
  private static final Set<String> PARTIAL =
      Set.of("Div", "Exp", "Log", "Pow", "Reciprocal", "Sqrt");

  private final Graph graph;
  private final Rewriter rewriter;
  private final Blocks blocks;
  private final BlockedNormalization normalization;

  /** Names of values that depend on state. */
  private final Set<String> moving;

  private final Map<String, List<Node>> consumers = new HashMap<>();

  /** Copies in blocks, by the names of the source. */
  private final Map<String, Value> blocked = new HashMap<>();

  /** Nodes that were done together with an earlier one. */
  private final Set<Node> done = new HashSet<>();

  private BlockedLayout(Graph graph, int block, Set<String> moving) {
    this.graph = graph;
    this.moving = moving;
    rewriter = new Rewriter(graph).copyInputs();
    blocks = new Blocks(rewriter.target(), block);
    normalization = new BlockedNormalization(this, blocks);
    for (Node node : graph.nodes()) {
      for (String input : new HashSet<>(node.inputs())) {
        consumers.computeIfAbsent(input, k -> new ArrayList<>()).add(node);
      }
    }
  }

  /**
   * The rewritten graph; the same one if there is nothing to gain.
   *
   * @param block the number of channels in a block of this processor's kernels
   * @param state the names of the inputs that come from a state
   */
  static Graph apply(Graph graph, int block, Set<String> state) {
    Set<String> moving = new HashSet<>(state);
    boolean useful = false;
    for (Node node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(moving::contains)) {
        moving.addAll(node.outputs());
        useful |= ConvolutionNode.of(graph, node).isPresent();
      }
    }
    return useful ? new BlockedLayout(graph, block, moving).rewrite() : graph;
  }

  private Graph rewrite() {
    for (Node node : graph.nodes()) {
      if (done.contains(node)) {
        continue;
      }
      boolean moves = node.inputs().stream().anyMatch(moving::contains);
      if (!moves || !lower(node)) {
        node.inputs().stream().filter(n -> !n.isEmpty()).forEach(this::plain);
        rewriter.copy(node);
      }
    }
    graph.outputs().forEach(this::plain);
    graph.updates().values().forEach(this::plain);
    return Rewriter.prune(rewriter.finish());
  }

  // --- values in both orders

  /** The copy of a source value in the plain order. */
  Value plain(String name) {
    if (!rewriter.has(name)) {
      Value v = Objects.requireNonNull(blocked.get(name), name);
      long channels = graph.type(name).shape().dim(1).size();
      rewriter.bind(
          name,
          v.dtype() == DType.FLOAT32
              ? blocks.toPlain(v, channels)
              : blocks.toPlain(v.cast(DType.FLOAT32), channels).cast(v.dtype()));
    }
    return rewriter.get(name);
  }

  /** The copy of a source value of four dimensions in blocks. */
  Value blocked(String name) {
    return blocked.computeIfAbsent(
        name,
        n -> {
          Value v = rewriter.get(n);
          return v.dtype() == DType.FLOAT32
              ? blocks.toBlocked(v)
              : blocks.toBlocked(v.cast(DType.FLOAT32)).cast(v.dtype());
        });
  }

  /** Lets a source value be read as a blocked copy. */
  void bindBlocked(String name, Value value) {
    blocked.put(name, value);
  }

  /** Lets a source value be read as a plain copy. */
  void bindPlain(String name, Value value) {
    rewriter.bind(name, value);
  }

  TensorType type(String name) {
    return graph.type(name);
  }

  // --- nodes

  private boolean lower(Node node) {
    switch (node.operator().name()) {
      case "Conv", "ConvInputGradient", "ConvWeightGradient":
        return ConvolutionNode.of(graph, node).map(c -> convolution(node, c)).orElse(false);
      case "BatchNormalization":
        return isMap(node.inputs().get(0)) && normalization.inference(node);
      case "BatchNormalizationTraining":
        return isMap(node.inputs().get(0)) && normalization.training(node);
      case "BatchNormalizationGradient":
        return isMap(node.inputs().get(0)) && normalization.gradient(node);
      case "GlobalAveragePool":
        return isBlocked(node.inputs().get(0)) && globalAveragePool(node);
      case "ReduceSum", "ReduceMean":
        return isBlocked(node.inputs().get(0)) && reduction(node);
      default:
        return elementwise(node);
    }
  }

  /** Whether a value is there in blocks already. */
  private boolean isBlocked(String name) {
    return blocked.containsKey(name);
  }

  /** Whether a value could be in blocks. */
  private boolean isMap(String name) {
    TensorType type = graph.type(name);
    return type.dtype() == DType.FLOAT32 && type.rank() == 4 && type.shape().isStatic();
  }

  private boolean convolution(Node node, ConvolutionNode shape) {
    BlockedConvolution c = shape.on(blocks);
    String first = node.inputs().get(0);
    String second = node.inputs().get(1);
    String result = node.outputs().get(0);
    switch (node.operator().name()) {
      case "Conv" -> {
        Value x = c.readsPlainInput() ? plain(first) : blocked(first);
        Value bias = node.hasInput(2) ? plain(node.inputs().get(2)) : null;
        Fused fused = fuse(result, true);
        bindBlocked(fused.result(), c.forward(x, plain(second), bias, fused.ending()));
      }
      case "ConvInputGradient" -> {
        if (!c.hasInputGradient()) {
          return false;
        }
        Fused fused = fuse(result, false);
        Value dx = c.inputGradient(blocked(first), plain(second), fused.ending());
        bindBlocked(fused.result(), dx);
      }
      default -> {
        Value x = c.readsPlainInput() ? plain(first) : blocked(first);
        bindPlain(result, c.weightGradient(x, blocked(second)));
      }
    }
    return true;
  }

  /**
   * What follows a value and may be computed with it.
   *
   * @param ending the sum and the rectifier
   * @param result the name of the value that comes out
   */
  record Fused(Blocks.Ending ending, String result) {}

  /** Takes the addition and the rectifier that are the only use of a value together with it. */
  Fused fuse(String name, boolean withRelu) {
    Value sum = null;
    String result = name;
    Optional<Node> next = onlyConsumer(result);
    if (next.isPresent() && next.get().operator().name().equals("Add")) {
      Node add = next.get();
      String other = add.inputs().get(add.inputs().get(0).equals(result) ? 1 : 0);
      boolean available = isBlocked(other) || rewriter.has(other);
      if (available && !other.equals(result) && type(other).equals(type(result))) {
        sum = blocked(other);
        result = add.outputs().get(0);
        done.add(add);
        next = onlyConsumer(result);
      }
    }
    boolean relu = withRelu && next.isPresent() && next.get().operator().name().equals("Relu");
    if (relu) {
      done.add(next.get());
      result = next.get().outputs().get(0);
    }
    return new Fused(new Blocks.Ending(sum, relu), result);
  }

  private Optional<Node> onlyConsumer(String name) {
    List<Node> nodes = consumers.getOrDefault(name, List.of());
    boolean kept = graph.outputs().contains(name) || graph.updates().containsValue(name);
    return nodes.size() == 1 && !kept ? Optional.of(nodes.get(0)) : Optional.empty();
  }

  private boolean globalAveragePool(Node node) {
    Value pooled =
        ContribOperators.apply(
            blocks.g(),
            ContribOperators.GLOBAL_AVERAGE_POOL,
            Attributes.NONE,
            blocked(node.inputs().get(0)));
    bindBlocked(node.outputs().get(0), pooled);
    return true;
  }

  /** Sums over positions, or over batch and positions. */
  private boolean reduction(Node node) {
    String input = node.inputs().get(0);
    Value v = blocked(input);
    long[] axes =
        node.hasInput(1) && graph.constants().containsKey(node.inputs().get(1))
            ? graph.constants().get(node.inputs().get(1)).toLongs()
            : new long[0];
    Set<Long> reduced = new HashSet<>();
    for (long axis : axes) {
      reduced.add(axis < 0 ? axis + 4 : axis);
    }
    boolean overBatch = reduced.equals(Set.of(0L, 2L, 3L));
    if (v.dtype() != DType.FLOAT32 || !(overBatch || reduced.equals(Set.of(2L, 3L)))) {
      return false;
    }
    long[] s = type(input).shape().sizes();
    Value pooled =
        ContribOperators.apply(
            blocks.g(), ContribOperators.GLOBAL_AVERAGE_POOL, Attributes.NONE, v);
    Value result = blocks.toPlain(pooled, s[1]);
    double count = s[2] * s[3];
    boolean mean = node.operator().name().equals("ReduceMean");
    if (overBatch) {
      result = mean ? result.mean(true, 0) : result.sum(true, 0);
    }
    result = mean ? result : result.mul(count);
    bindPlain(node.outputs().get(0), result.reshape(type(node.outputs().get(0)).shape().sizes()));
    return true;
  }

  /** An operator on blocked tensors of one shape and single numbers. */
  private boolean elementwise(Node node) {
    String name = node.operator().name();
    TensorType type = graph.type(node.outputs().get(0));
    boolean whole =
        type.rank() == 4
            && type.shape().isStatic()
            && type.shape().dim(1).size() % blocks.size() == 0;
    boolean known = ELEMENTWISE.contains(name) || (whole && PARTIAL.contains(name));
    if (!known || node.inputs().stream().noneMatch(this::isBlocked)) {
      return false;
    }
    List<@Nullable Value> inputs = new ArrayList<>();
    for (String input : node.inputs()) {
      if (input.isEmpty()) {
        inputs.add(null);
      } else if (type(input).shape().equals(type.shape())) {
        inputs.add(blocked(input));
      } else if (type(input).shape().isStatic() && type(input).shape().elements() == 1) {
        inputs.add(plain(input));
      } else {
        return false;
      }
    }
    Value result = blocks.g().op(name, node.attributes(), inputs.toArray(new @Nullable Value[0]));
    bindBlocked(node.outputs().get(0), result);
    return true;
  }
}
