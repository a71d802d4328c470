package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/** Normalisation by the statistics of a batch, a layer, an instance or a group. */
public final class Normalizations {
  private Normalizations() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("BatchNormalization", 15, 5, 5, Normalizations::batchNorm).withOutputs(3),
        Operator.of(
                "BatchNormalizationTraining",
                Operator.GRAFT,
                5,
                5,
                Normalizations::batchNormTraining)
            .withOutputs(5),
        Operator.of(
                "BatchNormalizationGradient",
                Operator.GRAFT,
                5,
                5,
                n -> List.of(n.type(1), n.type(2), n.type(2)))
            .withOutputs(3),
        Operator.of("LayerNormalization", 17, 2, 3, Normalizations::layerNorm).withOutputs(3),
        Operator.of(
                "LayerNormalizationGradient",
                Operator.GRAFT,
                5,
                5,
                n -> List.of(n.type(1), n.type(2), n.type(2)))
            .withOutputs(3),
        Operator.of("InstanceNormalization", 6, 3, 3, Normalizations::perChannel),
        Operator.of("GroupNormalization", 21, 3, 3, Normalizations::groupNorm),
        Operator.of("RMSNormalization", 23, 2, 2, Shapes::same),
        Operator.of("LRN", 13, 1, 1, Shapes::same),
        Operator.of("MeanVarianceNormalization", 13, 1, 1, Shapes::same));
  }

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
        : DType.valueOf(node.attributes().s("stash_type", DType.FLOAT32.name()));
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
