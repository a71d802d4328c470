package dev.graft.backend.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.backend.Device;
import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The blocked kernels against the decompositions into standard operators. */
class BlockedLayoutTest {
  private static final int BLOCK = ChannelBlock.of(Device.CPU);

  @BeforeAll
  static void needsBlockedKernels() {
    assumeTrue(BLOCK > 0, "this processor has no blocked kernels");
  }

  private static Value state(GraphBuilder g, String name, long... shape) {
    return g.parameter(name, TensorType.of(DType.FLOAT32, shape));
  }

  @ParameterizedTest
  @CsvSource({
    // batch, channels, filters, height, width, kernel, stride, pads, group
    "64, 16, 16, 8, 8, 3, 1, 1 1 1 1, 1",
    "64, 32, 16, 8, 8, 3, 2, 1 1 1 1, 1",
    "32, 16, 48, 9, 7, 3, 1, 1 1 1 1, 1",
    "16, 16, 16, 9, 7, 3, 2, 1 1 1 1, 1",
    "16, 20, 24, 8, 6, 3, 1, 1 1 1 1, 1",
    "5, 16, 16, 8, 8, 3, 1, 1 1 1 1, 1",
    "1, 32, 32, 6, 6, 3, 1, 1 1 1 1, 1",
    "20, 16, 32, 6, 6, 3, 1, 1 1 1 1, 1",
    "8, 3, 16, 12, 12, 3, 1, 1 1 1 1, 1",
    "32, 3, 8, 13, 12, 3, 2, 0 0 1 1, 1",
    "4, 3, 16, 15, 15, 7, 2, 3 3 3 3, 1",
    "16, 1, 6, 12, 12, 5, 1, 0 0 0 0, 1",
    "16, 24, 40, 6, 6, 1, 1, 0 0 0 0, 1",
    "16, 16, 32, 8, 8, 1, 2, 0 0 0 0, 1",
    "16, 16, 32, 9, 9, 1, 2, 0 0 0 0, 1",
    "16, 16, 16, 10, 10, 3, 2, 0 1 0 1, 1",
    "16, 16, 16, 11, 10, 3, 3, 0 0 0 0, 1",
    "16, 16, 16, 8, 8, 5, 1, 2 2 2 2, 1",
    "16, 16, 16, 5, 5, 3, 1, 2 2 2 2, 1",
    "16, 16, 16, 5, 5, 3, 1, 3 3 3 3, 1",
    "16, 16, 16, 8, 8, 3, 1, 1 1 1 1, 16",
    "32, 24, 24, 9, 8, 3, 2, 1 1 1 1, 24",
    "4, 40, 40, 8, 8, 3, 2, 0 0 1 1, 40",
    "2, 32, 32, 7, 7, 5, 1, 2 2 2 2, 32",
    "4, 32, 32, 6, 6, 3, 1, 1 1 1 1, 4",
  })
  void convolutionAndItsGradientsAgree(
      int batch,
      int channels,
      int filters,
      int height,
      int width,
      int kernel,
      int stride,
      String pads,
      int group) {
    long[] border = List.of(pads.split(" ")).stream().mapToLong(Long::parseLong).toArray();
    Attributes attributes =
        Attributes.of("strides", new long[] {stride, stride}, "pads", border)
            .with("dilations", new long[] {1, 1})
            .with("group", group);
    long[] xShape = {batch, channels, height, width};
    long[] wShape = {filters, channels / group, kernel, kernel};
    GraphBuilder g = new GraphBuilder();
    Value x = state(g, "x", xShape);
    Value w = state(g, "w", wShape);
    Value b = state(g, "b", filters);
    Value y = g.op("Conv", attributes.with("kernel_shape", new long[] {kernel, kernel}), x, w, b);
    Value dy = state(g, "dy", y.shape().sizes());
    g.output(y, "y_out");
    g.output(g.op("ConvInputGradient", attributes.with("input_shape", xShape), dy, w), "dx");
    g.output(g.op("ConvWeightGradient", attributes.with("weight_shape", wShape), x, dy), "dw");
    assertAlike(g.build());
  }

  @ParameterizedTest
  @CsvSource({"16, 16, 6", "8, 20, 5", "3, 48, 4"})
  void batchNormalizationAndItsGradientAgree(int batch, int channels, int size) {
    GraphBuilder g = new GraphBuilder();
    Value x = state(g, "x", batch, channels, size, size);
    Value w = state(g, "w", channels, channels, 3, 3);
    Attributes same = Attributes.of("pads", new long[] {1, 1, 1, 1});
    Value c = g.op("Conv", same.with("kernel_shape", new long[] {3, 3}), x, w);
    Value scale = state(g, "scale", channels);
    Value bias = state(g, "bias", channels);
    Value mean = state(g, "mean", channels);
    Value variance = state(g, "variance", channels);
    Attributes a = Attributes.of("epsilon", 1e-3, "momentum", 0.8);
    List<Value> bn = g.ops("BatchNormalizationTraining", a, 5, c, scale, bias, mean, variance);
    Value y = g.op("Relu", bn.get(0).add(c));
    Value dy = g.op("ReluGradient", c, y);
    List<Value> gradient =
        g.ops("BatchNormalizationGradient", a, 3, dy, c, scale, bn.get(3), bn.get(4));
    g.output(y, "y");
    g.output(gradient.get(0), "dx");
    g.output(gradient.get(1), "dscale");
    g.output(gradient.get(2), "dbias");
    g.output(g.op("GlobalAveragePool", y), "pooled");
    g.output(y.sum(false, 0, 2, 3), "summed");
    g.output(y.mean(true, 2, 3), "averaged");
    g.output(
        g.op("Relu", g.op("BatchNormalization", a, c, scale, bias, mean, variance.square())),
        "fixed");
    g.update("mean", bn.get(1));
    g.update("variance", bn.get(2));
    assertAlike(g.build());
  }

  @Test
  void whatDoesNotDependOnStateIsLeftToTheRuntime() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 16, 4, 4));
    Attributes a = Attributes.of("kernel_shape", new long[] {1, 1});
    Value frozen = g.op("Conv", a, x, state(g, "frozen", 16, 16, 1, 1));
    g.output(g.op("Conv", a, frozen, state(g, "moving", 16, 16, 1, 1)), "y");
    Graph blocked = BlockedLayout.apply(g.build(), BLOCK, Set.of("moving"));
    List<String> operators =
        blocked.nodes().stream().map(n -> n.operator().name()).collect(Collectors.toList());
    assertEquals(1, operators.stream().filter("Conv"::equals).count(), operators.toString());
    assertEquals(1, operators.stream().filter(ContribOperators.CONV.name()::equals).count());
    Graph graph = g.build();
    assertTrue(graph == BlockedLayout.apply(graph, BLOCK, Set.of()), "nothing moves");
  }

  /** Runs a graph whose inputs are all state, with and without blocked kernels. */
  private static void assertAlike(Graph graph) {
    Random random = new Random(11);
    Map<String, HostTensor> values = new LinkedHashMap<>();
    for (GraphInput input : graph.inputs(Role.STATE)) {
      values.put(
          input.name(), HostTensor.fromDoubles(input.type(), i -> random.nextGaussian() + 0.3));
    }
    Graph rewritten = BlockedLayout.apply(graph, BLOCK, values.keySet());
    boolean used = rewritten.nodes().stream().anyMatch(n -> ContribOperators.has(n.operator()));
    boolean grouped = graph.nodes().stream().anyMatch(n -> n.attributes().i("group", 1) == 4);
    assertEquals(!grouped, used, "blocked kernels are used");
    Agreement.assertAlike(graph, values, BLOCK);
  }
}
