package dev.graft.backend.tensorflow;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;

/** Batch normalization by TensorFlow's fused kernels; the other forms are decomposed. */
final class NormalizationOperators {
  private NormalizationOperators() {}

  static void register(TensorFlowOperators rows) {
    rows.add("BatchNormalization", NormalizationOperators::plain, NormalizationOperators::batch);
    rows.add(
        "BatchNormalizationTraining",
        (node, bound) -> images(node, 0, bound),
        NormalizationOperators::training);
    rows.add(
        "BatchNormalizationGradient",
        (node, bound) -> images(node, 1, bound),
        NormalizationOperators::gradient);
  }

  private static @Nullable String plain(NodeSignature node, boolean bound) {
    return node.attributes().i("training_mode", 0) == 0 ? images(node, 0, bound) : "training mode";
  }

  private static @Nullable String images(NodeSignature node, int x, boolean bound) {
    TensorType type = node.input(x);
    boolean single = node.inputs().stream().allMatch(t -> t == null || t.dtype() == DType.FLOAT32);
    boolean sized = !bound || (type.shape().isStatic() && type.shape().elements() > 0);
    return type.rank() == 4 && sized && single
        ? null
        : "other than four-dimensional single-precision data";
  }

  private static float epsilon(Emission e) {
    return (float) e.attributes().f("epsilon", 1e-5);
  }

  private static void batch(Emission e) {
    GraphOperationBuilder operation =
        e.operation("FusedBatchNormV3", e.channelsLast(0), e.in(1), e.in(2), e.in(3), e.in(4))
            .setAttr("epsilon", epsilon(e))
            .setAttr("is_training", false);
    e.outChannelsLast(0, operation.build().output(0));
  }

  private static void training(Emission e) {
    Output<?> none = e.constant(HostTensor.of(new float[0], 0));
    GraphOperation fused =
        e.operation("FusedBatchNormV3", e.channelsLast(0), e.in(1), e.in(2), none, none)
            .setAttr("epsilon", epsilon(e))
            .setAttr("is_training", true)
            .build();
    e.outChannelsLast(0, fused.output(0));
    Output<?> mean = fused.output(1);
    // The second reserved output is the variance of the batch, not corrected for its size.
    Output<?> variance = fused.output(4);
    double momentum = e.attributes().f("momentum", 0.9);
    e.out(1, moved(e, e.in(3), mean, momentum));
    e.out(2, moved(e, e.in(4), variance, momentum));
    e.out(3, mean);
    e.out(4, e.call("Rsqrt", e.call("AddV2", variance, e.number(variance, epsilon(e)))));
  }

  private static Output<?> moved(Emission e, Output<?> old, Output<?> batch, double momentum) {
    return e.call(
        "AddV2",
        e.call("Mul", old, e.number(old, momentum)),
        e.call("Mul", batch, e.number(batch, 1 - momentum)));
  }

  private static void gradient(Emission e) {
    // With no epsilon, 1 / invstd^2 stands for the variance with it.
    Output<?> variance = e.call("Reciprocal", e.call("Square", e.in(4)));
    GraphOperation fused =
        e.operation(
                "FusedBatchNormGradV3",
                e.channelsLast(0),
                e.channelsLast(1),
                e.in(2),
                e.in(3),
                variance,
                e.constant(HostTensor.of(new float[0], 0)))
            .setAttr("epsilon", 0f)
            .setAttr("is_training", true)
            .build();
    e.outChannelsLast(0, fused.output(0));
    e.out(1, fused.output(1));
    e.out(2, fused.output(2));
  }
}
