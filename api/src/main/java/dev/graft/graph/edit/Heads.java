package dev.graft.graph.edit;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.TensorType;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** New heads on a backbone. */
public final class Heads {
  /** The store names of a linear head's parameters. */
  public static final String WEIGHT = "head.weight";

  public static final String BIAS = "head.bias";

  /** Those of the hidden layer below it, where there is one. */
  public static final String HIDDEN_WEIGHT = "head.hidden.weight";

  public static final String HIDDEN_BIAS = "head.hidden.bias";

  /** What exporters call the input that is 1 for tokens and 0 for padding. */
  private static final Set<String> MASKS = Set.of("attention_mask", "input_mask");

  private Heads() {}

  /**
   * Puts a head on the graph's only output.
   *
   * @param head from the features to the new output; may declare parameters
   * @param output the name of the new output
   */
  public static Graph append(Graph backbone, UnaryOperator<Value> head, String output) {
    if (backbone.outputs().size() != 1) {
      throw new GraphException(
          "a head goes on one output, but the backbone has " + backbone.outputs());
    }
    Rewriter rewriter = new Rewriter(backbone).copyInputs();
    backbone.nodes().forEach(rewriter::copy);
    Value features = rewriter.get(backbone.outputs().get(0));
    rewriter.target().output(head.apply(features), rewriter.target().unique(output));
    return rewriter.target().build();
  }

  /**
   * A linear head: {@code features * weight^T + bias}, on a vector per example or, where the
   * features are {@code [batch, tokens, width]}, on each token.
   *
   * @param width the number of outputs, such as classes
   */
  public static UnaryOperator<Value> linear(int width) {
    return layer(width, WEIGHT, BIAS);
  }

  private static UnaryOperator<Value> layer(int width, String weightName, String biasName) {
    return features -> {
      Value x = features.rank() == 3 ? features : pool(features);
      Dim in = x.shape().dim(x.rank() - 1);
      if (!in.isFixed()) {
        throw new GraphException(
            "a linear head needs features of a fixed width, but '"
                + features.name()
                + "' is "
                + features.type());
      }
      GraphBuilder g = x.builder();
      Value weight = g.parameter(weightName, TensorType.of(x.dtype(), width, in.size()));
      Value bias = g.parameter(biasName, TensorType.of(x.dtype(), width));
      if (x.rank() == 3) {
        return x.matmul(weight.transpose(1, 0)).add(bias);
      }
      return g.op("Gemm", Attributes.of("transB", 1), x, weight, bias);
    };
  }

  /**
   * A hidden layer with a rectifier below a {@link #linear} head.
   *
   * @param hidden the number of hidden units
   * @param width the number of outputs, such as classes
   */
  public static UnaryOperator<Value> hidden(int hidden, int width) {
    UnaryOperator<Value> first = layer(hidden, HIDDEN_WEIGHT, HIDDEN_BIAS);
    UnaryOperator<Value> last = linear(width);
    return features -> last.apply(first.apply(features).op("Relu"));
  }

  /**
   * One vector per example: images {@code [batch, channels, height, width]} are averaged over
   * positions, sequences {@code [batch, length, width]} over steps, vectors stay. Steps that only
   * pad a text, which the network's input {@code attention_mask} tells, do not count.
   */
  public static Value pool(Value features) {
    return switch (features.rank()) {
      case 2 -> features;
      case 3 -> meanOverSteps(features);
      case 4, 5 ->
          features.builder().op("Flatten", features.builder().op("GlobalAveragePool", features));
      default ->
          throw new GraphException(
              "features need the shape [batch, width], [batch, length, width] or [batch, channels,"
                  + " height, width], but '"
                  + features.name()
                  + "' is "
                  + features.type());
    };
  }

  private static Value meanOverSteps(Value features) {
    GraphBuilder g = features.builder();
    Optional<String> mask = MASKS.stream().filter(g::has).findFirst();
    if (mask.isEmpty()) {
      return features.mean(false, 1);
    }
    Value counts = g.value(mask.get()).cast(features.dtype()).unsqueeze(2);
    Value sum = features.mul(counts).sum(false, 1);
    return sum.div(g.op("Max", counts.sum(false, 1), g.scalar(features.dtype(), 1)));
  }

  /** The vector of the first step, which networks with a token for the whole text put it in. */
  public static Value first(Value features) {
    if (features.rank() != 3) {
      throw new GraphException(
          "only features [batch, length, width] have a first step, but '"
              + features.name()
              + "' is "
              + features.type());
    }
    return features.slice(1, 0, 1).squeeze(1);
  }
}
