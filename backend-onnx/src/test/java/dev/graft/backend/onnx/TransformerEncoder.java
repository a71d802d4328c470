package dev.graft.backend.onnx;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;

/** A text encoder of the shape of MiniLM-L6: six layers of width 384 with twelve heads. */
final class TransformerEncoder {
  private static final int WIDTH = 384;
  private static final int HEADS = 12;
  private static final int LAYERS = 6;
  private static final int INNER = 1536;
  private static final int VOCABULARY = 30522;

  private final GraphBuilder g = new GraphBuilder();
  private final int batch;
  private final int length;

  private TransformerEncoder(int batch, int length) {
    this.batch = batch;
    this.length = length;
  }

  /** From token numbers {@code ids} to the mean of the last layer. */
  static GraphModel of(int batch, int length, Seed seed) {
    Graph graph = new TransformerEncoder(batch, length).build();
    return new GraphModel(graph, Initialization.all(graph, seed));
  }

  private Graph build() {
    Value ids = g.input("ids", TensorType.of(DType.INT64, batch, length));
    Value words = parameter("words", VOCABULARY, WIDTH);
    Value places = parameter("places", length, WIDTH);
    Value h = g.op("Gather", Attributes.of("axis", 0), words, ids).add(places);
    h = normalized("embedding", h);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "layer" + i;
      h = normalized(layer + ".attention", h.add(attention(layer, h)));
      Value inner = g.op("Gelu", linear(layer + ".inner", h, WIDTH, INNER));
      h = normalized(layer + ".output", h.add(linear(layer + ".outer", inner, INNER, WIDTH)));
    }
    g.output(h.mean(false, 1), "embedding");
    return g.build();
  }

  private Value parameter(String name, long... shape) {
    return g.parameter(name, TensorType.of(DType.FLOAT32, shape));
  }

  private Value linear(String name, Value x, long in, long out) {
    return x.matmul(parameter(name + ".weight", in, out)).add(parameter(name + ".bias", out));
  }

  private Value normalized(String name, Value x) {
    return g.op(
        "LayerNormalization",
        Attributes.of("axis", -1, "epsilon", 1e-12),
        x,
        parameter(name + ".norm.weight", WIDTH),
        parameter(name + ".norm.bias", WIDTH));
  }

  private Value heads(Value x) {
    return x.reshape(batch, length, HEADS, WIDTH / HEADS).transpose(0, 2, 1, 3);
  }

  private Value attention(String layer, Value h) {
    Value q = heads(linear(layer + ".query", h, WIDTH, WIDTH));
    Value k = heads(linear(layer + ".key", h, WIDTH, WIDTH));
    Value v = heads(linear(layer + ".value", h, WIDTH, WIDTH));
    Value scores = q.matmul(k.transposeLast()).mul(1 / Math.sqrt(WIDTH / (double) HEADS));
    Value mixed = g.op("Softmax", Attributes.of("axis", -1), scores).matmul(v);
    Value joined = mixed.transpose(0, 2, 1, 3).reshape(batch, length, WIDTH);
    return linear(layer + ".joined", joined, WIDTH, WIDTH);
  }
}
