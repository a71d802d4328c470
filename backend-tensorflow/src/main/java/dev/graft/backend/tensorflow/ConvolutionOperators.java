package dev.graft.backend.tensorflow;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.DType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Output;

/** Convolution, its transpose, and their gradients. */
final class ConvolutionOperators {
  private ConvolutionOperators() {}

  static void register(TensorFlowOperators rows) {
    rows.add("Conv", ConvolutionOperators::fits, ConvolutionOperators::conv);
    rows.add("ConvTranspose", ConvolutionOperators::fits, ConvolutionOperators::transposed);
    rows.add("ConvInputGradient", ConvolutionOperators::fits, ConvolutionOperators::inputGradient);
    rows.add(
        "ConvWeightGradient", ConvolutionOperators::fits, ConvolutionOperators::weightGradient);
  }

  private static @Nullable String fits(NodeSignature node, boolean bound) {
    int axes = node.input(0).rank() - 2;
    return axes >= 1 && axes <= 3
        ? TensorFlowOperators.dynamic(node, bound)
        : "windows over " + axes + " axes";
  }

  private static void conv(Emission e) {
    Convolution c = new Convolution(e, e.sizes(0), e.sizes(1), e.outputSizes(0));
    DType computed = Convolution.computed(e.dtype());
    Output<?> y = c.forward(e.cast(c.input(0), computed), e.cast(c.kernel(1), computed));
    finish(e, withBias(e, y));
  }

  private static void transposed(Emission e) {
    Convolution c = new Convolution(e, e.outputSizes(0), e.sizes(1), e.sizes(0));
    DType computed = Convolution.computed(e.dtype());
    Output<?> y = c.inputGradient(e.cast(c.result(0), computed), e.cast(c.kernel(1), computed));
    finish(e, withBias(e, y));
  }

  private static Output<?> withBias(Emission e, Output<?> y) {
    if (!e.has(2)) {
      return y;
    }
    Output<?> bias = e.cast(e.in(2), GraphWriter.dtype(y));
    return e.call("BiasAdd", y, bias);
  }

  private static void inputGradient(Emission e) {
    Convolution c = new Convolution(e, e.outputSizes(0), e.sizes(1), e.sizes(0));
    DType computed = Convolution.computed(e.dtype());
    finish(e, c.inputGradient(e.cast(c.result(0), computed), e.cast(c.kernel(1), computed)));
  }

  private static void weightGradient(Emission e) {
    Convolution c = new Convolution(e, e.sizes(0), e.outputSizes(0), e.sizes(1));
    DType computed = Convolution.computed(e.dtype());
    Output<?> dk = c.weightGradient(e.cast(c.input(0), computed), e.cast(c.result(1), computed));
    long[] weight = e.outputSizes(0);
    int rank = weight.length;
    long[] sizes = new long[rank];
    System.arraycopy(weight, 2, sizes, 0, rank - 2);
    sizes[rank - 2] = weight[1];
    sizes[rank - 1] = weight[0];
    long[] perm = new long[rank];
    Arrays.setAll(perm, i -> i < 2 ? rank - 1 - i : i - 2);
    Output<?> given = rank == 3 ? e.reshape(dk, sizes) : dk;
    e.outRows(0, e.moved(given, sizes, perm));
  }

  /** Gives the output a result with channels last, without the axis added to one dimension. */
  private static void finish(Emission e, Output<?> y) {
    Output<?> given = e.rank() == 3 ? e.reshape(y, GraphWriter.outermost(e.outputSizes(0))) : y;
    e.outChannelsLast(0, given);
  }
}
