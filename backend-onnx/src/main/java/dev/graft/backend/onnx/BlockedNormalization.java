package dev.graft.backend.onnx;

import dev.graft.graph.Node;
import dev.graft.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Batch normalisation (Ioffe and Szegedy 2015) and its gradient on blocked tensors. */
final class BlockedNormalization {
  private final BlockedLayout layout;
  private final Blocks blocks;

  /** Inputs without their means, by input and mean; the gradient reads them again. */
  private final Map<List<String>, Value> centred = new HashMap<>();

  BlockedNormalization(BlockedLayout layout, Blocks blocks) {
    this.layout = layout;
    this.blocks = blocks;
  }

  private Value vector(Node node, int input) {
    return blocks.vector(layout.plain(node.inputs().get(input)));
  }

  private static double epsilon(Node node) {
    return node.attributes().f("epsilon", 1e-5);
  }

  /** With fixed statistics it scales and shifts each channel. */
  boolean inference(Node node) {
    if (node.outputs().size() != 1 || node.attributes().i("training_mode", 0) != 0) {
      return false;
    }
    Value x = layout.blocked(node.inputs().get(0));
    Value factor = vector(node, 1).div(vector(node, 4).add(epsilon(node)).sqrt());
    Value offset = vector(node, 2).sub(vector(node, 3).mul(factor));
    BlockedLayout.Fused fused = layout.fuse(node.outputs().get(0), true);
    layout.bindBlocked(fused.result(), blocks.affine(x, factor, offset, fused.ending()));
    return true;
  }

  /**
   * With the statistics of the batch. The mean is taken off before squares are summed, so that a
   * large mean costs no precision.
   */
  boolean training(Node node) {
    long channels = layout.type(node.inputs().get(0)).shape().dim(1).size();
    Value x = layout.blocked(node.inputs().get(0));
    long[] s = x.shape().sizes();
    Value mean = blocks.mean(x);
    Value one = blocks.g().filled(mean.type(), 1);
    Value shifted = blocks.affine(x, one, mean.neg(), Blocks.Ending.NONE);
    Value variance = blocks.dot(shifted, shifted).mul(1.0 / (s[0] * s[2] * s[3]));
    Value deviation = variance.add(epsilon(node)).sqrt().reciprocal();
    double momentum = node.attributes().f("momentum", 0.9);
    bind(node, 1, moved(node, 3, mean, momentum, channels));
    bind(node, 2, moved(node, 4, variance, momentum, channels));
    bind(node, 3, blocks.unpad(mean, channels));
    bind(node, 4, blocks.unpad(deviation, channels));
    if (node.hasOutput(3)) {
      centred.put(List.of(node.inputs().get(0), node.outputs().get(3)), shifted);
    }
    Value factor = vector(node, 1).mul(deviation);
    BlockedLayout.Fused fused = layout.fuse(node.outputs().get(0), true);
    layout.bindBlocked(
        fused.result(), blocks.affine(shifted, factor, vector(node, 2), fused.ending()));
    return true;
  }

  private Value moved(Node node, int input, Value batch, double momentum, long channels) {
    Value old = layout.plain(node.inputs().get(input));
    return old.mul(momentum).add(blocks.unpad(batch, channels).mul(1 - momentum));
  }

  private void bind(Node node, int output, Value value) {
    if (node.hasOutput(output)) {
      layout.bindPlain(node.outputs().get(output), value);
    }
  }

  /** The gradient through the statistics: two sums over the batch and one pass for the input. */
  boolean gradient(Node node) {
    String input = node.inputs().get(1);
    long channels = layout.type(input).shape().dim(1).size();
    Value dy = layout.blocked(node.inputs().get(0));
    Value deviation = vector(node, 4);
    Value shifted = centred.get(List.of(input, node.inputs().get(3)));
    if (shifted == null) {
      Value one = blocks.g().filled(deviation.type(), 1);
      shifted =
          blocks.affine(layout.blocked(input), one, vector(node, 3).neg(), Blocks.Ending.NONE);
    }
    long[] s = dy.shape().sizes();
    double count = s[0] * s[2] * s[3];
    Value meanGradient = blocks.mean(dy);
    Value product = blocks.dot(dy, shifted).mul(deviation);
    // dx = scale deviation (dy - mean(dy) - normalised mean(dy normalised))
    Value factor = vector(node, 2).mul(deviation);
    Value slope = factor.mul(deviation).mul(product).mul(-1 / count);
    if (node.hasOutput(0)) {
      Value partial = blocks.affine(dy, factor, factor.mul(meanGradient).neg(), Blocks.Ending.NONE);
      Value dx = blocks.affine(shifted, slope, null, new Blocks.Ending(partial, false));
      layout.bindBlocked(node.outputs().get(0), dx);
    }
    bind(node, 1, blocks.unpad(product, channels));
    bind(node, 2, blocks.unpad(meanGradient.mul(count), channels));
    return true;
  }
}
