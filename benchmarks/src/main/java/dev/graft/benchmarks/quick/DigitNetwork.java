package dev.graft.benchmarks.quick;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/**
 * A small convolutional network for 8x8 images, about 38,000 parameters: two 3x3 convolutions, a
 * pooling, a hidden layer of 64 features, and a linear layer on top.
 *
 * <p>It has no normalisation, and its convolutions no bias: with one to fifty examples a class the
 * statistics of a batch would be noise, and a pre-trained network and one from scratch would be
 * normalised differently. Without, all arms compute the same function.
 */
final class DigitNetwork {
  /** The name of the input: {@code [batch, 1, 8, 8]}, ink from 0 to 1. */
  static final String INPUT = "image";

  /** The value on which new heads go: {@code [batch, 64]}. */
  static final String FEATURES = "features";

  private static final int SIDE = 8;
  private static final int NARROW = 16;
  private static final int WIDE = 32;
  private static final int HIDDEN = 64;

  private DigitNetwork() {}

  static Graph graph(int classes) {
    GraphBuilder g = new GraphBuilder();
    Dim batch = Dim.symbol("batch");
    List<Dim> image = List.of(batch, Dim.of(1), Dim.of(SIDE), Dim.of(SIDE));
    Value x = g.input(INPUT, new TensorType(DType.FLOAT32, new Shape(image)));
    x = convolution(g, x, "conv1.weight", NARROW, 1);
    x = convolution(g, x, "conv2.weight", WIDE, NARROW);
    x =
        g.op(
            "MaxPool",
            Attributes.of("kernel_shape", List.of(2L, 2L), "strides", List.of(2L, 2L)),
            x);
    x = g.op("Flatten", Attributes.of("axis", 1), x);
    x = linear(g, x, "hidden", HIDDEN, WIDE * SIDE * SIDE / 4);
    Value features = g.identity(g.op("Relu", x), FEATURES);
    g.output(linear(g, features, "classes", classes, HIDDEN), "logits");
    return g.build();
  }

  private static Value convolution(GraphBuilder g, Value x, String name, int out, int in) {
    Value w = g.parameter(name, TensorType.of(DType.FLOAT32, out, in, 3, 3));
    Attributes attributes =
        Attributes.of("kernel_shape", List.of(3L, 3L), "pads", List.of(1L, 1L, 1L, 1L));
    return g.op("Relu", g.op("Conv", attributes, x, w));
  }

  private static Value linear(GraphBuilder g, Value x, String name, int out, int in) {
    Value w = g.parameter(name + ".weight", TensorType.of(DType.FLOAT32, out, in));
    Value b = g.parameter(name + ".bias", TensorType.of(DType.FLOAT32, out));
    return g.op("Gemm", Attributes.of("transB", 1), x, w, b);
  }
}
