package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Normalisation by the statistics of a batch, a layer, an instance or a group. */
public final class Normalizations {
  private Normalizations() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("BatchNormalization", 15, 5, 5, Normalizations::batchNorm)
            .withOutputs(3)
            .withDecomposition(BatchNormalizations::batchNorm)
            .withGradient(BatchNormalizations::gradient),
        Operator.of(
                "BatchNormalizationTraining",
                Operator.GRAFT,
                5,
                5,
                Normalizations::batchNormTraining)
            .withOutputs(5)
            .withDecomposition(BatchNormalizations::training)
            .withGradient(5, BatchNormalizations::trainingGradient),
        Operator.of(
                "BatchNormalizationGradient",
                Operator.GRAFT,
                5,
                5,
                n -> List.of(n.type(1), n.type(2), n.type(2)))
            .withOutputs(3)
            .withDecomposition(BatchNormalizations::gradientFormula),
        Operator.of("LayerNormalization", 17, 2, 3, Normalizations::layerNorm)
            .withOutputs(3)
            .withDecomposition(LayerNormalizations::layerNorm)
            .withGradient(3, LayerNormalizations::gradient),
        Operator.of(
                "LayerNormalizationGradient",
                Operator.GRAFT,
                5,
                5,
                n -> List.of(n.type(1), n.type(2), n.type(2)))
            .withOutputs(3)
            .withDecomposition(LayerNormalizations::gradientFormula),
        Operator.of("InstanceNormalization", 6, 3, 3, Normalizations::perChannel)
            .withDecomposition(GroupNormalizations::formula)
            .withGradient(GroupNormalizations::gradient),
        Operator.of("GroupNormalization", 21, 3, 3, Normalizations::groupNorm)
            .withDecomposition(GroupNormalizations::formula)
            .withGradient(GroupNormalizations::gradient),
        Operator.of("RMSNormalization", 23, 2, 2, Shapes::same)
            .withDecomposition(LayerNormalizations::rms),
        Operator.of("LRN", 13, 1, 1, Shapes::same).withDecomposition(Normalizations::localResponse),
        Operator.of("MeanVarianceNormalization", 13, 1, 1, Shapes::same)
            .withDecomposition(Normalizations::meanVariance));
  }

  // --- shared formulas

  /** [C] as [1, C, 1, ...], to be broadcast against a value of the given rank. */
  static Value perChannel(Value vector, int rank) {
    long[] sizes = new long[rank];
    Arrays.fill(sizes, 1);
    sizes[1] = -1;
    return vector.reshape(sizes);
  }

  /** 1 / sqrt(variance + epsilon). */
  static Value inverseDeviation(Value variance, double epsilon) {
    return variance.add(epsilon).sqrt().reciprocal();
  }

  /**
   * The gradient of the normalised value x^ = (x - mean) invstd for x, given dx^ and statistics
   * taken over {@code axes} that are kept as size 1: invstd (dx^ - mean(dx^) - x^ mean(dx^ x^)).
   */
  static Value normalizedGradient(Value dNormalized, Value normalized, Value invstd, long[] axes) {
    return dNormalized
        .sub(dNormalized.mean(true, axes))
        .sub(normalized.mul(dNormalized.mul(normalized).mean(true, axes)))
        .mul(invstd);
  }

  static double epsilon(NodeContext node) {
    return node.attributes().f("epsilon", 1e-5);
  }

  // --- decompositions

  /**
   * x / (bias + alpha mean(x^2 over neighbouring channels))^beta (Krizhevsky, Sutskever, Hinton
   * 2012, section 3.3), the mean as a pooling of [N, 1, C, pixels] over the channels.
   */
  private static List<@Nullable Value> localResponse(NodeContext node) {
    Attributes a = node.attributes();
    Value x = node.in(0);
    List<Dim> d = x.shape().dims();
    long size = a.i("size", 1);
    Dim pixels = Shapes.product(d.subList(2, d.size()));
    Value image = Sizes.reshape(x.square(), List.of(d.get(0), Dim.of(1), d.get(1), pixels));
    Attributes window =
        Attributes.of(
                "kernel_shape",
                new long[] {size, 1},
                "pads",
                new long[] {(size - 1) / 2, 0, size / 2, 0})
            .with("count_include_pad", 1);
    Value mean = Sizes.reshape(x.builder().op("AveragePool", window, image), d, x);
    Value base = mean.mul(a.f("alpha", 1e-4)).add(a.f("bias", 1));
    return Arrays.asList(x.div(x.builder().op("Pow", base, base.constant(a.f("beta", 0.75)))));
  }

  /** (x - mean) / (sqrt(variance) + 1e-9), as ONNX defines it. */
  private static List<@Nullable Value> meanVariance(NodeContext node) {
    long[] axes = node.attributes().ints("axes", 0, 2, 3);
    Value centered = node.in(0).sub(node.in(0).mean(true, axes));
    return Arrays.asList(centered.div(centered.square().mean(true, axes).sqrt().add(1e-9)));
  }

  // --- types

  private static List<TensorType> batchNorm(NodeContext node) {
    TensorType y = perChannel(node).get(0);
    return List.of(y, node.type(3), node.type(4));
  }

  private static List<TensorType> batchNormTraining(NodeContext node) {
    TensorType y = perChannel(node).get(0);
    return List.of(y, node.type(3), node.type(4), node.type(3), node.type(4));
  }

  /** The type of the input, once the other inputs are seen to hold one value per channel. */
  private static List<TensorType> perChannel(NodeContext node) {
    ElementKind.FLOATING.check(node, 0);
    Shape x = node.type(0).shape();
    if (x.rank() < 2) {
      throw node.error("needs an input [batch, channels, ...], but got " + x);
    }
    for (int i = 1; i < node.inputs().size(); i++) {
      Shape vector = node.type(i).shape();
      if (vector.rank() != 1) {
        throw node.error("needs one value per channel of " + x + ", but got " + node.in(i));
      }
      Shapes.match(node, x.dim(1), vector.dim(0));
    }
    return List.of(node.type(0));
  }

  private static List<TensorType> layerNorm(NodeContext node) {
    ElementKind.FLOATING.check(node, 0);
    Shape shape = node.type(0).shape();
    Shape statistics = shape;
    for (int i = firstAxis(node); i < shape.rank(); i++) {
      statistics = statistics.with(i, Dim.of(1));
    }
    TensorType statistic = new TensorType(statisticsType(node), statistics);
    return List.of(node.type(0), statistic, statistic);
  }

  /** The first of the axes that layer and RMS normalisation run over. */
  static int firstAxis(NodeContext node) {
    return Shapes.axis(node, node.attributes().i("axis", -1), node.type(0).rank());
  }

  /** ONNX's {@code stash_type}, single precision by default; double precision is kept. */
  static DType statisticsType(NodeContext node) {
    return node.type(0).dtype() == DType.FLOAT64
        ? DType.FLOAT64
        : Shapes.dtype(node, "stash_type", DType.FLOAT32);
  }

  private static List<TensorType> groupNorm(NodeContext node) {
    List<TensorType> y = perChannel(node);
    long groups = node.attributes().i("num_groups", 0);
    Dim channels = node.type(0).shape().dim(1);
    if (groups < 1 || (channels.isFixed() && channels.size() % groups != 0)) {
      throw node.error("cannot divide " + channels + " channels into " + groups + " groups");
    }
    return y;
  }
}
