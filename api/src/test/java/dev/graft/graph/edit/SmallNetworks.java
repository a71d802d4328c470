package dev.graft.graph.edit;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/** Networks to edit. */
final class SmallNetworks {
  private SmallNetworks() {}

  static TensorType floats(long... sizes) {
    return TensorType.of(DType.FLOAT32, sizes);
  }

  static TensorType batchOf(long... sizes) {
    List<Dim> dims = new java.util.ArrayList<>(List.of(Dim.symbol("batch")));
    for (long s : sizes) {
      dims.add(Dim.of(s));
    }
    return new TensorType(DType.FLOAT32, new Shape(dims));
  }

  /**
   * Two convolutions, of which the first is normalised, a residual sum, pooling and a classifier.
   */
  static Graph residual() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("input", batchOf(3, 8, 8));
    Value a = conv(g, x, "conv1", 3, 4, false);
    Value n =
        g.op(
            "BatchNormalization",
            Attributes.NONE,
            a,
            g.parameter("bn1.weight", floats(4)),
            g.parameter("bn1.bias", floats(4)),
            g.parameter("bn1.running_mean", floats(4)),
            g.parameter("bn1.running_var", floats(4)));
    Value r = g.identity(g.op("Relu", n), "stem");
    Value c = conv(g, r, "conv2", 4, 4, true);
    Value sum = g.identity(g.op("Add", c, r), "block");
    Value pooled = g.op("Flatten", g.op("GlobalAveragePool", sum));
    Value features = g.identity(pooled, "pooled");
    Value logits =
        g.op(
            "Gemm",
            Attributes.of("transB", 1),
            features,
            g.parameter("fc.weight", floats(5, 4)),
            g.parameter("fc.bias", floats(5)));
    return g.output(logits, "scores").build();
  }

  static Value conv(GraphBuilder g, Value x, String name, long in, long out, boolean bias) {
    return g.op(
        "Conv",
        Attributes.of("pads", new long[] {1, 1, 1, 1}),
        x,
        g.parameter(name + ".weight", floats(out, in, 3, 3)),
        bias ? g.parameter(name + ".bias", floats(out)) : null);
  }
}
