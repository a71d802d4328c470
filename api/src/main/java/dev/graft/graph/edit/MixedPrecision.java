package dev.graft.graph.edit;

import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes products in {@code BFLOAT16} and everything else in {@code FLOAT32}: parameters, their
 * updates, sums and statistics keep their precision (Micikevicius et al. 2018; bfloat16 has the
 * range of float32, so that the loss needs no scaling, Kalamkar et al. 2019).
 */
public final class MixedPrecision {
  /** Where the time goes, and where processors have units for the shorter type. */
  private static final Set<String> PRODUCTS =
      Set.of("Conv", "ConvTranspose", "ConvInputGradient", "ConvWeightGradient", "Gemm", "MatMul");

  private MixedPrecision() {}

  /**
   * The graph with its {@code FLOAT32} products computed in {@code BFLOAT16}; the types of inputs,
   * state and outputs stay.
   */
  public static Graph apply(Graph graph) {
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    // A value that several products read is converted once.
    Map<Value, Value> shortened = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (!isProduct(graph, node)) {
        rewriter.copy(node);
        continue;
      }
      NodeContext context = rewriter.context(node);
      List<@Nullable Value> inputs = new ArrayList<>();
      for (Value in : context.inputs()) {
        inputs.add(in == null ? null : shortened.computeIfAbsent(in, MixedPrecision::shorten));
      }
      Value result =
          rewriter
              .target()
              .op(
                  node.operator().name(),
                  node.attributes(),
                  inputs.toArray(new @Nullable Value[0]));
      rewriter.bindOutputs(node, Arrays.asList(result.cast(DType.FLOAT32)));
    }
    return rewriter.finish();
  }

  /** A convolution of each channel on its own has too little to multiply for matrix units. */
  private static boolean isProduct(Graph graph, Node node) {
    return PRODUCTS.contains(node.operator().name())
        && graph.type(node.inputs().get(0)).dtype() == DType.FLOAT32
        && node.attributes().i("group", 1) == 1;
  }

  private static Value shorten(Value value) {
    return value.cast(DType.BFLOAT16);
  }
}
