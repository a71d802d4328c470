package dev.graft.backend.onnx;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.Optional;

/**
 * The sizes of a two-dimensional convolution, read from it or from one of its gradients.
 *
 * @param x the shape of the input
 * @param w the shape of the weights
 * @param y the shape of the output
 * @param strides vertical and horizontal
 * @param pads top, left, bottom, right
 * @param group the number of groups
 */
record ConvolutionNode(long[] x, long[] w, long[] y, long[] strides, long[] pads, long group) {

  /** The sizes, if the node is a convolution that {@link BlockedConvolution} covers. */
  static Optional<ConvolutionNode> of(Graph graph, Node node) {
    Attributes a = node.attributes();
    boolean convolution =
        switch (node.operator().name()) {
          case "Conv", "ConvInputGradient", "ConvWeightGradient" -> true;
          default -> false;
        };
    if (!convolution) {
      return Optional.empty();
    }
    TensorType first = graph.type(node.inputs().get(0));
    TensorType second = graph.type(node.inputs().get(1));
    TensorType result = graph.type(node.outputs().get(0));
    boolean fixed =
        first.shape().isStatic() && second.shape().isStatic() && result.shape().isStatic();
    boolean dense = Arrays.stream(a.ints("dilations", 1, 1)).allMatch(d -> d == 1);
    if (!fixed
        || !dense
        || first.rank() != 4
        || first.dtype() != DType.FLOAT32
        || !a.s("auto_pad", "NOTSET").equals("NOTSET")) {
      return Optional.empty();
    }
    long[] one = first.shape().sizes();
    long[] two = second.shape().sizes();
    long[] three = result.shape().sizes();
    long[] strides = a.ints("strides", 1, 1);
    long[] pads = a.ints("pads", 0, 0, 0, 0);
    long group = a.i("group", 1);
    ConvolutionNode c =
        switch (node.operator().name()) {
          case "Conv" -> new ConvolutionNode(one, two, three, strides, pads, group);
          case "ConvInputGradient" -> new ConvolutionNode(three, two, one, strides, pads, group);
          default -> new ConvolutionNode(one, three, two, strides, pads, group);
        };
    boolean depthwise = group > 1 && group == c.x[1] && group == c.w[0];
    return group == 1 || depthwise ? Optional.of(c) : Optional.empty();
  }

  /** The same convolution on blocked tensors. */
  BlockedConvolution on(Blocks blocks) {
    return new BlockedConvolution(
        blocks,
        x[0],
        x[1],
        w[0],
        new long[] {x[2], x[3]},
        new long[] {y[2], y[3]},
        new long[] {w[2], w[3]},
        strides,
        pads,
        group > 1);
  }
}
