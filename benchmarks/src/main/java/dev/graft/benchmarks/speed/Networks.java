package dev.graft.benchmarks.speed;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * The networks whose speed is compared, in code and with fresh weights. The batch is symbolic; the
 * last layer is called {@value #HEAD}.
 */
final class Networks {
  /** The input's name. */
  static final String INPUT = "input";

  /** The output's name: {@code [batch, classes]}. */
  static final String OUTPUT = "logits";

  /** Parameters of the last layer begin with this. */
  static final String HEAD = "head.";

  private Networks() {}

  /** 784 inputs, two hidden layers of 512, 10 classes. */
  static Graph mlp() {
    GraphBuilder g = new GraphBuilder();
    Layers layers = new Layers(g);
    Value x = input(g, DType.FLOAT32, 784);
    x = layers.relu(layers.linear(x, "hidden1", 784, 512));
    x = layers.relu(layers.linear(x, "hidden2", 512, 512));
    return finish(g, layers, x, 512, 10);
  }

  /** ResNet-20 for 32x32 images (He et al. 2016, section 4.2), projections in its shortcuts. */
  static Graph resnet20() {
    GraphBuilder g = new GraphBuilder();
    Layers layers = new Layers(g);
    Value x = input(g, DType.FLOAT32, 3, 32, 32);
    x = layers.relu(layers.convNorm(x, "conv1", 3, 16, 3, 1, 1));
    int in = 16;
    for (int stage = 0; stage < 3; stage++) {
      int out = 16 << stage;
      for (int block = 0; block < 3; block++) {
        String name = "layer" + (stage + 1) + "." + block;
        int stride = stage > 0 && block == 0 ? 2 : 1;
        Value y = layers.relu(layers.convNorm(x, name + ".conv1", in, out, 3, stride, 1));
        y = layers.convNorm(y, name + ".conv2", out, out, 3, 1, 1);
        Value shortcut =
            in == out ? x : layers.convNorm(x, name + ".shortcut", in, out, 1, stride, 1);
        x = layers.relu(y.add(shortcut));
        in = out;
      }
    }
    return finish(g, layers, layers.globalPool(x), in, 10);
  }

  /** MobileNetV2 of width 0.35 (Sandler et al. 2018, table 2) for 96x96 images. */
  static Graph mobilenetV2() {
    GraphBuilder g = new GraphBuilder();
    Layers layers = new Layers(g);
    Value x = input(g, DType.FLOAT32, 3, 96, 96);
    x = layers.relu6(layers.convNorm(x, "stem", 3, 16, 3, 2, 1));
    int in = 16;
    // Expansion, channels times 0.35 rounded to eights, repeats, stride.
    int[][] stages = {
      {1, 8, 1, 1},
      {6, 8, 2, 2},
      {6, 16, 3, 2},
      {6, 24, 4, 2},
      {6, 32, 3, 1},
      {6, 56, 3, 2},
      {6, 112, 1, 1}
    };
    int index = 0;
    for (int[] stage : stages) {
      for (int repeat = 0; repeat < stage[2]; repeat++) {
        int stride = repeat == 0 ? stage[3] : 1;
        x = inverted(layers, x, "block" + index++, in, stage[1], stage[0], stride);
        in = stage[1];
      }
    }
    x = layers.relu6(layers.convNorm(x, "last", in, 1280, 1, 1, 1));
    return finish(g, layers, layers.globalPool(x), 1280, 10);
  }

  private static Value inverted(
      Layers layers, Value x, String name, int in, int out, int expansion, int stride) {
    int wide = in * expansion;
    Value y = x;
    if (expansion > 1) {
      y = layers.relu6(layers.convNorm(y, name + ".expand", in, wide, 1, 1, 1));
    }
    y = layers.relu6(layers.convNorm(y, name + ".depthwise", wide, wide, 3, stride, wide));
    y = layers.convNorm(y, name + ".project", wide, out, 1, 1, 1);
    return stride == 1 && in == out ? x.add(y) : y;
  }

  /** An encoder of MiniLM's shape (Wang et al. 2020): 6 layers of 384, 12 heads, 32 tokens. */
  static Graph miniLm() {
    int size = 384;
    int heads = 12;
    int length = 32;
    int vocabulary = 30522;
    GraphBuilder g = new GraphBuilder();
    Layers layers = new Layers(g);
    Value ids = input(g, DType.INT64, length);
    Value words =
        g.op("Gather", Attributes.of("axis", 0), layers.table("words", vocabulary, size), ids);
    Value x = words.add(layers.table("positions", length, size));
    x = layers.layerNorm(x, "embedding.norm", size);
    for (int i = 0; i < 6; i++) {
      String name = "layer" + i;
      Value a = attention(layers, x, name + ".attention", size, heads, length);
      x = layers.layerNorm(x.add(a), name + ".attention.norm", size);
      Value h = layers.gelu(layers.project(x, name + ".wide", size, 4 * size));
      x =
          layers.layerNorm(
              x.add(layers.project(h, name + ".narrow", 4 * size, size)), name + ".norm", size);
    }
    return finish(g, layers, x.mean(false, 1), size, 10);
  }

  private static Value attention(
      Layers layers, Value x, String name, int size, int heads, int length) {
    int width = size / heads;
    Value q = split(layers.project(x, name + ".query", size, size), length, heads, width);
    Value k = split(layers.project(x, name + ".key", size, size), length, heads, width);
    Value v = split(layers.project(x, name + ".value", size, size), length, heads, width);
    Value scores = q.matmul(k.transposeLast()).mul(1 / Math.sqrt(width));
    Value weights = x.builder().op("Softmax", Attributes.of("axis", -1L), scores);
    Value mixed = weights.matmul(v).transpose(0, 2, 1, 3).reshape(-1, length, size);
    return layers.project(mixed, name + ".output", size, size);
  }

  private static Value split(Value x, int length, int heads, int width) {
    return x.reshape(-1, length, heads, width).transpose(0, 2, 1, 3);
  }

  private static Value input(GraphBuilder g, DType dtype, long... example) {
    Shape shape = Shape.of(example);
    List<Dim> dims = new ArrayList<>(List.of(Dim.symbol("batch")));
    dims.addAll(shape.dims());
    return g.input(INPUT, new TensorType(dtype, new Shape(dims)));
  }

  private static Graph finish(GraphBuilder g, Layers layers, Value features, int in, int classes) {
    g.output(layers.linear(features, "head", in, classes), OUTPUT);
    return g.build();
  }
}
