package dev.graft.testkit;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small networks with symbolic batch, as the cases that are not about one operator need. */
final class SmallModels {
  static final String INPUT = "x";
  static final String OUTPUT = "logits";
  static final int CLASSES = 4;
  static final int FEATURES = 6;
  static final int PIXELS = 8;

  private SmallModels() {}

  /** Adds parameters with random values. */
  private static final class Weights {
    private final GraphBuilder g;
    private final Seed seed;
    private final Map<String, HostTensor> values = new LinkedHashMap<>();

    Weights(GraphBuilder g, Seed seed) {
      this.g = g;
      this.seed = seed;
    }

    Value normal(String name, double deviation, long... shape) {
      Seed own = seed.derive(name);
      return add(
          name,
          HostTensor.fromDoubles(
              TensorType.of(DType.FLOAT32, shape), i -> deviation * own.gaussian(i)));
    }

    Value full(String name, double value, long... shape) {
      return add(name, HostTensor.full(TensorType.of(DType.FLOAT32, shape), value));
    }

    private Value add(String name, HostTensor value) {
      values.put(name, value);
      return g.parameter(name, value.type());
    }
  }

  private static Value input(GraphBuilder g, long... sizes) {
    List<Dim> dims = new ArrayList<>(List.of(Dim.symbol("batch")));
    for (long size : sizes) {
      dims.add(Dim.of(size));
    }
    return g.input(INPUT, new TensorType(DType.FLOAT32, new Shape(dims)));
  }

  /** Two linear layers with a layer normalisation and a GELU between. */
  static GraphModel mlp(Seed seed, int features) {
    GraphBuilder g = new GraphBuilder();
    Weights w = new Weights(g, seed);
    Value x = input(g, features);
    Value hidden =
        g.op("Gemm", x, w.normal("fc1.weight", 0.4, features, 10), w.full("fc1.bias", 0, 10));
    Value normal =
        g.op("LayerNormalization", hidden, w.full("ln.weight", 1, 10), w.full("ln.bias", 0, 10));
    Value active = g.op("Gelu", normal);
    Value logits =
        g.op(
            "Gemm",
            active,
            w.normal("fc2.weight", 0.3, 10, CLASSES),
            w.full("fc2.bias", 0, CLASSES));
    g.output(logits, OUTPUT);
    return new GraphModel(g.build(), ParameterStore.of(w.values));
  }

  /** Two convolutions with batch normalisation, max pooling, global average pooling, linear. */
  static GraphModel cnn(Seed seed) {
    GraphBuilder g = new GraphBuilder();
    Weights w = new Weights(g, seed);
    Value x = input(g, 1, PIXELS, PIXELS);
    Value first = block(g, w, "c1", x, 1, 4);
    Value pooled =
        g.op(
            "MaxPool",
            Attributes.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}),
            first);
    Value second = block(g, w, "c2", pooled, 4, 6);
    Value features = g.op("Flatten", g.op("GlobalAveragePool", second));
    Value logits =
        g.op(
            "Gemm",
            features,
            w.normal("fc.weight", 0.5, 6, CLASSES),
            w.full("fc.bias", 0, CLASSES));
    g.output(logits, OUTPUT);
    return new GraphModel(g.build(), ParameterStore.of(w.values));
  }

  private static Value block(GraphBuilder g, Weights w, String name, Value x, int in, int out) {
    Value y =
        g.op(
            "Conv",
            Attributes.of("pads", new long[] {1, 1, 1, 1}, "kernel_shape", new long[] {3, 3}),
            x,
            w.normal(name + ".weight", 0.4, out, in, 3, 3));
    Value normal =
        g.op(
            "BatchNormalization",
            y,
            w.full(name + ".bn.weight", 1, out),
            w.full(name + ".bn.bias", 0, out),
            w.full(name + ".bn.running_mean", 0, out),
            w.full(name + ".bn.running_var", 1, out));
    return g.op("Relu", normal);
  }

  /** A batch for a model. */
  static Map<String, HostTensor> batch(GraphModel model, Seed seed, int size) {
    Shape shape = model.graph().inputs().get(0).type().shape().with(0, Dim.of(size));
    return Map.of(
        INPUT, HostTensor.fromDoubles(new TensorType(DType.FLOAT32, shape), seed::gaussian));
  }
}
