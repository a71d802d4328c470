package dev.graft.integration;

import dev.graft.data.PixelScaling;
import dev.graft.data.TensorPreprocessing;
import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/** A convolutional network for 8x8 digits, with everything that engines do in their own way. */
final class SmallNetwork {
  static final String INPUT = "image";
  static final int CLASSES = 10;

  private SmallNetwork() {}

  static PretrainedModel pretrained() {
    GraphModel model = model();
    return new PretrainedModel(
        "small",
        model,
        TensorPreprocessing.of(PixelScaling.NONE, 1, 8, 8).withInput(INPUT),
        Provenance.of("made here", model.parameters().fingerprint()));
  }

  static GraphModel model() {
    GraphBuilder g = new GraphBuilder();
    List<Dim> image = List.of(Dim.symbol("batch"), Dim.of(1), Dim.of(8), Dim.of(8));
    Value x = g.input(INPUT, new TensorType(DType.FLOAT32, new Shape(image)));
    x = block(g, x, "block1", 16, 1);
    x =
        g.op(
            "MaxPool",
            Attributes.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}),
            x);
    x = g.op("Flatten", block(g, x, "block2", 16, 16));
    Value features = g.identity(g.op("Gelu", linear(g, x, "hidden", 32, 256)), "features");
    g.output(linear(g, features, "head", CLASSES, 32), "logits");
    Graph graph = g.build();
    return new GraphModel(graph, Initialization.all(graph, new Seed(4)));
  }

  private static Value block(GraphBuilder g, Value x, String name, int out, int in) {
    Value y =
        g.op(
            "Conv",
            Attributes.of("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1}),
            x,
            parameter(g, name + ".weight", out, in, 3, 3));
    Value normal =
        g.op(
            "BatchNormalization",
            y,
            parameter(g, name + ".bn.weight", out),
            parameter(g, name + ".bn.bias", out),
            parameter(g, name + ".bn.running_mean", out),
            parameter(g, name + ".bn.running_var", out));
    return g.op("Relu", normal);
  }

  private static Value linear(GraphBuilder g, Value x, String name, int out, int in) {
    return g.op(
        "Gemm",
        Attributes.of("transB", 1),
        x,
        parameter(g, name + ".weight", out, in),
        parameter(g, name + ".bias", out));
  }

  private static Value parameter(GraphBuilder g, String name, long... sizes) {
    return g.parameter(name, TensorType.of(DType.FLOAT32, sizes));
  }
}
