package dev.graft.backend.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Program;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FastFormsTest {
  private static final float[] NUMBERS = {
    -3, -1, -1e-38f, -0f, 0, 1e-38f, 0.5f, 1, 6, 7, Float.MAX_VALUE, Float.POSITIVE_INFINITY
  };

  private static double[] run(Graph graph, HostTensor x) {
    try (OnnxBackend backend = new OnnxBackend(Device.CPU, new BackendOptions(1));
        Program program = backend.compile(graph, ParameterStore.EMPTY, CompileOptions.INFERENCE)) {
      return program.runToHost(Map.of("x", x)).get("y").toDoubles();
    }
  }

  private interface Comparison {
    boolean holds(float x);
  }

  private static void assertIndicator(
      String operator, double bound, boolean swapped, Comparison expected) {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, NUMBERS.length));
    Value c = x.constant(bound);
    Value holds = swapped ? g.op(operator, c, x) : g.op(operator, x, c);
    g.output(holds.cast(DType.FLOAT32), "y");
    Graph fast = FastForms.apply(g.build());
    assertEquals(0, fast.nodes().stream().filter(n -> n.operator().name().equals("Cast")).count());
    double[] y = run(g.build(), HostTensor.of(NUMBERS, NUMBERS.length));
    for (int i = 0; i < y.length; i++) {
      assertEquals(
          expected.holds(NUMBERS[i]) ? 1 : 0, y[i], operator + " of " + NUMBERS[i] + ", " + bound);
    }
  }

  @Test
  void comparisonsAsNumbersAreExact() {
    assertIndicator("Greater", 0, false, x -> x > 0);
    assertIndicator("Greater", 1, false, x -> x > 1);
    assertIndicator("Greater", 1, true, x -> 1 > x);
    assertIndicator("Less", 1, false, x -> x < 1);
    assertIndicator("LessOrEqual", 0, false, x -> x <= 0);
    assertIndicator("GreaterOrEqual", 6, false, x -> x >= 6);
    assertIndicator("Equal", 6, false, x -> x == 6);
  }

  @Test
  void theRectifiersGradientPassesWhereItsOutputIsPositive() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 4));
    g.output(g.op("ReluGradient", x, g.op("Relu", x)), "y");
    double[] y = run(g.build(), HostTensor.of(new float[] {-2, 0, 0.5f, 3}, 4));
    assertEquals(0, y[0], 0.0);
    assertEquals(0, y[1]);
    assertEquals(0.5, y[2]);
    assertEquals(3, y[3]);
  }

  @Test
  void theCosineHasDoublePrecision() {
    GraphBuilder g = new GraphBuilder();
    g.output(g.op("Cos", g.input("x", TensorType.of(DType.FLOAT64, 3))), "y");
    double[] y = run(g.build(), HostTensor.of(new double[] {0, 1, -2.5}, 3));
    assertEquals(1, y[0], 1e-14);
    assertEquals(Math.cos(1), y[1], 1e-14);
    assertEquals(Math.cos(-2.5), y[2], 1e-14);
  }
}
