package dev.graft.benchmarks.speed;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import java.util.List;

/** The layers that the benchmark's networks are built from, with named parameters. */
final class Layers {
  private final GraphBuilder g;

  Layers(GraphBuilder builder) {
    this.g = builder;
  }

  /** A convolution without bias, padded to keep the size at stride 1, then batch normalisation. */
  Value convNorm(Value x, String name, int in, int out, int kernel, int stride, int group) {
    long pad = kernel / 2;
    Value w =
        g.parameter(
            name + ".weight", TensorType.of(DType.FLOAT32, out, in / group, kernel, kernel));
    Attributes attributes =
        Attributes.of("kernel_shape", List.of((long) kernel, (long) kernel))
            .with("strides", List.of((long) stride, (long) stride))
            .with("pads", List.of(pad, pad, pad, pad))
            .with("group", (long) group);
    return batchNorm(g.op("Conv", attributes, x, w), name + ".norm", out);
  }

  private Value batchNorm(Value x, String name, int channels) {
    return g.op(
        "BatchNormalization",
        Attributes.of("epsilon", 1e-5, "momentum", 0.9),
        x,
        vector(name + ".weight", channels),
        vector(name + ".bias", channels),
        vector(name + ".running_mean", channels),
        vector(name + ".running_var", channels));
  }

  private Value vector(String name, int size) {
    return g.parameter(name, TensorType.of(DType.FLOAT32, size));
  }

  Value relu(Value x) {
    return g.op("Relu", x);
  }

  Value relu6(Value x) {
    return g.op("Clip", x, g.scalar(DType.FLOAT32, 0), g.scalar(DType.FLOAT32, 6));
  }

  /** Mean over positions: {@code [batch, channels, h, w]} to {@code [batch, channels]}. */
  Value globalPool(Value x) {
    return g.op("Flatten", Attributes.of("axis", 1), g.op("GlobalAveragePool", x));
  }

  /** A linear layer on {@code [batch, in]}. */
  Value linear(Value x, String name, int in, int out) {
    Value w = g.parameter(name + ".weight", TensorType.of(DType.FLOAT32, out, in));
    return g.op("Gemm", Attributes.of("transB", 1), x, w, vector(name + ".bias", out));
  }

  /** A linear layer on the last axis of a sequence. */
  Value project(Value x, String name, int in, int out) {
    Value w = g.parameter(name + ".weight", TensorType.of(DType.FLOAT32, in, out));
    return x.matmul(w).add(vector(name + ".bias", out));
  }

  Value layerNorm(Value x, String name, int size) {
    return g.op(
        "LayerNormalization",
        Attributes.of("axis", -1L, "epsilon", 1e-12),
        x,
        vector(name + ".weight", size),
        vector(name + ".bias", size));
  }

  Value gelu(Value x) {
    return g.op("Gelu", x);
  }

  Value table(String name, int rows, int size) {
    return g.parameter(name, TensorType.of(DType.FLOAT32, rows, size));
  }
}
