package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Program;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.graph.edit.DynamicQuantization;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizationTest {
  private static final Seed SEED = new Seed(61);

  /** A convolution, a product and a linear layer. */
  private static GraphModel network() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 4, 3, 8, 8));
    Value kernel = g.parameter("kernel", TensorType.of(DType.FLOAT32, 16, 3, 3, 3));
    Value pooled = g.op("Conv", x, kernel).op("Relu").mean(false, 2, 3);
    Value hidden =
        pooled.matmul(g.parameter("hidden", TensorType.of(DType.FLOAT32, 16, 32))).op("Relu");
    Value w = g.parameter("head.weight", TensorType.of(DType.FLOAT32, 5, 32));
    Value b = g.parameter("head.bias", TensorType.of(DType.FLOAT32, 5));
    g.output(g.op("Gemm", Attributes.of("transB", 1), hidden, w, b), "logits");
    var graph = g.build();
    return new GraphModel(graph, Initialization.all(graph, SEED));
  }

  @Test
  void eightBitWeightsGiveNearlyTheSame() {
    GraphModel model = network();
    GraphModel small = DynamicQuantization.of(model);
    assertTrue(DynamicQuantization.bytes(small) < 0.3 * DynamicQuantization.bytes(model));
    assertEquals(DType.INT8, small.parameters().get("hidden.int8").dtype());
    HostTensor x =
        HostTensor.fromDoubles(
            TensorType.of(DType.FLOAT32, 4, 3, 8, 8), i -> SEED.derive("x").gaussian(i));
    try (Backend backend =
        Backends.discover().get("onnx").open(Device.CPU, BackendOptions.DEFAULT)) {
      double[] exact = run(backend, model, x);
      double[] found = run(backend, small, x);
      double largest = Arrays.stream(exact).map(Math::abs).max().orElseThrow();
      for (int i = 0; i < exact.length; i++) {
        assertEquals(exact[i], found[i], 0.05 * largest, "element " + i);
      }
    }
  }

  private static double[] run(Backend backend, GraphModel model, HostTensor x) {
    try (Program program =
        backend.compile(model.graph(), model.parameters(), CompileOptions.INFERENCE)) {
      return program.runToHost(Map.of("x", x)).get(model.graph().outputs().get(0)).toDoubles();
    }
  }
}
