package dev.graft.graph.ops;

import static dev.graft.graph.ops.ElementKind.BOOLEAN;
import static dev.graft.graph.ops.ElementKind.FLOATING;

import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Dropout. In a training graph of Graft the mask is an input of role {@code RANDOM} that the host
 * draws; a node that draws by itself is only there because a file has it, and is differentiated by
 * the mask it returns, so that the derivative fits the draw.
 */
public final class Randomness {
  private static final double DEFAULT_RATIO = 0.5;

  private Randomness() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("Dropout", 13, 1, 3, Randomness::dropoutType)
            .withOutputs(2)
            .withGradient(2, Randomness::dropoutGradient)
            .withDecomposition(Randomness::inferenceDropout));
  }

  private static List<TensorType> dropoutType(NodeContext n) {
    FLOATING.check(n, 0);
    if (n.has(1)) {
      FLOATING.check(n, 1);
    }
    if (n.has(2)) {
      BOOLEAN.check(n, 2);
    }
    return List.of(n.type(0), n.type(0).withDType(DType.BOOL));
  }

  /** Whether elements are dropped; empty if only running the node tells. */
  private static Optional<Boolean> drops(NodeContext n) {
    boolean never = !n.has(2) || n.constant(1).map(ratio -> ratio.getDouble(0) == 0).orElse(false);
    return never ? Optional.of(false) : n.constant(2).map(mode -> mode.getLong(0) != 0);
  }

  private static List<@Nullable Value> dropoutGradient(GradientContext g) {
    Optional<Boolean> drops = drops(g.node());
    if (!drops.orElse(true)) {
      return Arrays.asList(g.dy(), null, null);
    }
    Value dy = g.dy();
    Value ratio = g.has(1) ? g.in(1).cast(dy.dtype()) : dy.constant(DEFAULT_RATIO);
    Value scale = ratio.constant(1).sub(ratio).reciprocal();
    if (drops.isEmpty()) {
      scale = g.in(2).where(scale, scale.constant(1));
    }
    return Arrays.asList(dy.mul(Pointwise.indicator(g.y(1), dy)).mul(scale), null, null);
  }

  /** Nothing, where it drops nothing. What draws at random has no simpler form. */
  private static @Nullable List<@Nullable Value> inferenceDropout(NodeContext n) {
    if (drops(n).orElse(true)) {
      return null;
    }
    List<@Nullable Value> results = new ArrayList<>(List.of(n.in(0)));
    if (n.outputCount() > 1) {
      Value kept = n.builder().constant(HostTensor.of(new boolean[] {true}));
      results.add(kept.op("Expand", n.in(0).op("Shape")));
    }
    return results;
  }
}
