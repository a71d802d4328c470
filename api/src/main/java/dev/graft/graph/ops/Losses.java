package dev.graft.graph.ops;

import static dev.graft.graph.ops.ElementKind.FLOATING;
import static dev.graft.graph.ops.ElementKind.INDEX;
import static dev.graft.graph.ops.Pointwise.formula;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Losses over class scores [N, C, d1, ...] and labels [N, d1, ...], and their gradients. */
public final class Losses {
  private Losses() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("NegativeLogLikelihoodLoss", 13, 2, 3, n -> List.of(lossType(n, 0)))
            .withDecomposition(formula(Losses::negativeLogLikelihood)),
        Operator.of("SoftmaxCrossEntropyLoss", 13, 2, 3, n -> List.of(lossType(n, 0), n.type(0)))
            .withOutputs(2)
            .withGradient(2, Losses::crossEntropyGradient)
            .withDecomposition(Losses::crossEntropy),
        Operator.of("SoftmaxCrossEntropyLossGradient", Operator.GRAFT, 3, 4, Losses::gradientType)
            .withDecomposition(formula(Losses::scoreGradient)));
  }

  // --- types

  /** Checks scores at input {@code first}, then labels and optional class weights. */
  private static TensorType lossType(NodeContext n, int first) {
    FLOATING.check(n, first);
    INDEX.check(n, first + 1);
    Shape scores = n.type(first).shape();
    Shape labels = n.type(first + 1).shape();
    if (scores.rank() < 2) {
      throw n.error("needs scores [N, C, ...], but got " + n.type(first));
    }
    List<Dim> expected = new ArrayList<>(scores.dims());
    expected.remove(1);
    boolean fits = labels.rank() == expected.size();
    for (int i = 0; fits && i < labels.rank(); i++) {
      fits = agree(labels.dim(i), expected.get(i));
    }
    if (!fits) {
      throw n.error("needs labels " + expected + ", but got " + n.type(first + 1));
    }
    if (n.has(first + 2)) {
      Shapes.sameDType(n, first, first + 2);
      Shapes.rank(n, first + 2, 1);
      if (!agree(n.type(first + 2).shape().dim(0), scores.dim(1))) {
        throw n.error(
            "needs a weight for each of "
                + scores.dim(1)
                + " classes, but got "
                + n.type(first + 2));
      }
    }
    Shape loss =
        switch (reduction(n)) {
          case "none" -> labels;
          case "mean", "sum" -> Shape.SCALAR;
          default ->
              throw n.error("has reduction='" + reduction(n) + "', not one of none, mean, sum");
        };
    return n.type(first).withShape(loss);
  }

  private static boolean agree(Dim a, Dim b) {
    return !a.isFixed() || !b.isFixed() || a.equals(b);
  }

  private static List<TensorType> gradientType(NodeContext n) {
    TensorType loss = lossType(n, 1);
    if (!n.type(0).equals(loss)) {
      throw n.error("needs a gradient " + loss + ", but got " + n.type(0));
    }
    return List.of(n.type(1));
  }

  private static String reduction(NodeContext n) {
    return n.attributes().s("reduction", "mean");
  }

  // --- labels

  /**
   * What a node says of its labels.
   *
   * @param classes the labels, with class 0 for those to be ignored
   * @param ignored true where a label is to be ignored; null if the node ignores none
   * @param weight the weight of each label's class; null if all are 1
   */
  private record Labels(Value classes, @Nullable Value ignored, @Nullable Value weight) {

    /** Reads labels at input {@code i}, and class weights behind them. */
    static Labels of(NodeContext n, int i) {
      Value labels = n.in(i);
      Value ignored = null;
      if (n.attributes().has("ignore_index")) {
        ignored = labels.equalTo(labels.constant(n.attributes().i("ignore_index", 0)));
        labels = ignored.where(labels.constant(0), labels);
      }
      Value weight = n.has(i + 1) ? n.in(i + 1).op("Gather", labels) : null;
      if (weight != null && ignored != null) {
        weight = ignored.where(weight.constant(0), weight);
      }
      return new Labels(labels, ignored, weight);
    }

    /** How much each label counts; null if all count 1. */
    @Nullable Value factor(DType dtype) {
      if (weight != null || ignored == null) {
        return weight;
      }
      return ignored.op("Not").cast(dtype);
    }
  }

  // --- losses

  private static Value negativeLogLikelihood(NodeContext n) {
    Labels labels = Labels.of(n, 1);
    Value picked =
        n.builder()
            .op("GatherElements", Attributes.of("axis", 1), n.in(0), labels.classes().unsqueeze(1))
            .squeeze(1)
            .neg();
    Value loss = labels.weight() == null ? picked : picked.mul(labels.weight());
    if (labels.ignored() != null) {
      // Not a product with 0: the log-probability may be infinite.
      loss = labels.ignored().where(loss.constant(0), loss);
    }
    Value factor = labels.factor(loss.dtype());
    return switch (reduction(n)) {
      case "none" -> loss;
      case "sum" -> loss.sum(false);
      default -> factor == null ? loss.mean(false) : loss.sum(false).div(factor.sum(false));
    };
  }

  private static List<@Nullable Value> crossEntropy(NodeContext n) {
    Value logProbabilities = logProbabilities(n.in(0));
    Value weights = n.has(2) ? n.in(2) : null;
    Value loss =
        n.builder()
            .op("NegativeLogLikelihoodLoss", n.attributes(), logProbabilities, n.in(1), weights);
    return List.of(loss, logProbabilities);
  }

  private static Value logProbabilities(Value scores) {
    return scores.builder().op("LogSoftmax", Attributes.of("axis", 1), scores);
  }

  private static List<@Nullable Value> crossEntropyGradient(GradientContext g) {
    Value logProbabilities = g.y(1);
    Value dscores = null;
    if (g.hasGradient(0)) {
      Value weights = g.has(2) ? g.in(2) : null;
      dscores =
          g.builder()
              .op(
                  "SoftmaxCrossEntropyLossGradient",
                  g.attributes(),
                  g.dy(),
                  logProbabilities,
                  g.in(1),
                  weights);
    }
    if (g.hasGradient(1)) {
      Value other =
          g.builder().op("LogSoftmaxGradient", Attributes.of("axis", 1), g.dy(1), logProbabilities);
      dscores = dscores == null ? other : dscores.add(other);
    }
    return Arrays.asList(dscores, null, null);
  }

  /** (softmax(scores) - one-hot(labels)) times what each label counts. */
  private static Value scoreGradient(NodeContext n) {
    Value dy = n.in(0);
    Value logProbabilities = n.in(1);
    Labels labels = Labels.of(n, 2);
    Value factor = labels.factor(dy.dtype());
    Value share = dy;
    if (reduction(n).equals("mean")) {
      share = dy.div(factor == null ? elements(n.in(2), dy) : factor.sum(false));
    }
    if (factor != null) {
      share = share.mul(factor);
    }
    Value perClass = share.rank() == 0 ? share : share.unsqueeze(1);
    return logProbabilities
        .exp()
        .sub(oneHot(labels.classes(), logProbabilities.type()))
        .mul(perClass);
  }

  private static Value elements(Value labels, Value like) {
    return like.constant(labels.shape().elements());
  }

  private static Value oneHot(Value labels, TensorType scores) {
    long[] shape = new long[scores.rank()];
    Arrays.fill(shape, 1);
    shape[1] = scores.shape().dim(1).size();
    HostTensor classes = HostTensor.fromLongs(TensorType.of(labels.dtype(), shape), i -> i);
    return labels.unsqueeze(1).equalTo(labels.builder().constant(classes)).cast(scores.dtype());
  }
}
