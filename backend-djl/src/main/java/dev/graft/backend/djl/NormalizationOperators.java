package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.list;
import static dev.graft.backend.djl.Emission.number;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batch, layer, instance and group normalization, and ATen's fused gradients. */
final class NormalizationOperators {
  private NormalizationOperators() {}

  static void register(TorchOperators rows) {
    rows.expression(
        "BatchNormalization",
        node -> node.attributes().i("training_mode", 0) == 0 ? null : "training mode",
        e ->
            call(
                "batch_norm",
                e.in(0),
                e.in(1),
                e.in(2),
                e.in(3),
                e.in(4),
                "False",
                number(0),
                epsilon(e),
                "False"));
    rows.add("BatchNormalizationTraining", NormalizationOperators::batchTraining);
    rows.add("BatchNormalizationGradient", NormalizationOperators::batchGradient);
    rows.add(
        "LayerNormalization",
        node -> affine(node, 0, List.of(1, 2)),
        NormalizationOperators::layer);
    rows.add(
        "LayerNormalizationGradient",
        node -> affine(node, 1, List.of(2)),
        NormalizationOperators::layerGradient);
    rows.expression(
        "InstanceNormalization",
        e ->
            call(
                "instance_norm",
                e.in(0),
                e.in(1),
                e.in(2),
                "None",
                "None",
                "True",
                number(0.1),
                epsilon(e),
                "False"));
    rows.expression(
        "GroupNormalization",
        e ->
            call(
                "group_norm",
                e.in(0),
                e.attributes().i("num_groups", 1),
                e.in(1),
                e.in(2),
                epsilon(e),
                "False"));
  }

  private static String epsilon(Emission e) {
    return number(e.attributes().f("epsilon", 1e-5));
  }

  private static void batchTraining(Emission e) {
    List<String> results =
        e.lets(
            3,
            call(
                "native_batch_norm",
                e.in(0),
                e.in(1),
                e.in(2),
                "None",
                "None",
                "True",
                number(0),
                epsilon(e)));
    e.out(0, results.get(0));
    e.out(3, results.get(1));
    e.out(4, results.get(2));
    double momentum = e.attributes().f("momentum", 0.9);
    e.out(1, moved(e.in(3), results.get(1), momentum));
    // The saved deviation is 1 / sqrt(variance + epsilon).
    String variance = call("sub", call("pow", results.get(2), number(-2)), epsilon(e));
    e.out(2, moved(e.in(4), variance, momentum));
  }

  private static String moved(String running, String batch, double momentum) {
    return call(
        "add", call("mul", running, number(momentum)), call("mul", batch, number(1 - momentum)));
  }

  private static void batchGradient(Emission e) {
    List<String> results =
        e.lets(
            3,
            call(
                "native_batch_norm_backward",
                e.in(0),
                e.in(1),
                e.in(2),
                "None",
                "None",
                e.in(3),
                e.in(4),
                "True",
                epsilon(e),
                "[True, True, True]"));
    for (int i = 0; i < 3; i++) {
      e.out(i, results.get(i));
    }
  }

  /** PyTorch wants scale and bias in the shape of the normalised axes. */
  private static @Nullable String affine(NodeSignature node, int data, List<Integer> affine) {
    Shape normalised = normalised(node.input(data).shape(), node.attributes().i("axis", -1));
    for (int i : affine) {
      if (node.hasInput(i) && !node.input(i).shape().equals(normalised)) {
        return "scale or bias that is broadcast";
      }
    }
    return normalised.isStatic() ? null : "its shapes depend on data";
  }

  private static Shape normalised(Shape x, long axis) {
    return new Shape(x.dims().subList(x.axis(axis), x.rank()));
  }

  private static void layer(Emission e) {
    Shape normalised = normalised(e.type(0).shape(), e.attributes().i("axis", -1));
    List<String> results =
        e.lets(
            3,
            call(
                "native_layer_norm",
                e.in(0),
                list(normalised.sizes()),
                e.in(1),
                e.in(2),
                epsilon(e)));
    for (int i = 0; i < 3; i++) {
      e.out(i, results.get(i));
    }
  }

  private static void layerGradient(Emission e) {
    Shape normalised = normalised(e.type(1).shape(), e.attributes().i("axis", -1));
    List<String> results =
        e.lets(
            3,
            call(
                "native_layer_norm_backward",
                e.in(0),
                e.in(1),
                list(normalised.sizes()),
                e.in(3),
                // Of the bias only the shape counts, which is the scale's.
                e.in(4),
                e.in(2),
                e.in(2),
                "[True, True, True]"));
    for (int i = 0; i < 3; i++) {
      e.out(i, results.get(i));
    }
  }
}
