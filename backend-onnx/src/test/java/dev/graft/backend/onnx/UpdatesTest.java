package dev.graft.backend.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Device;
import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UpdatesTest {
  private static final int BLOCK = ChannelBlock.of(Device.CPU);

  /** The last three are large: two suit blocked slots, one does not divide. */
  private static final List<long[]> SHAPES =
      List.of(
          new long[] {},
          new long[] {7},
          new long[] {16, 3, 3, 3},
          new long[] {64, 1, 1, 1},
          new long[] {256, 256},
          new long[] {1024, 40, 1, 1},
          new long[] {32771});

  private static Graph updates(String operator, Attributes attributes, List<String> slots) {
    GraphBuilder g = new GraphBuilder();
    Value step = g.parameter("step", TensorType.of(DType.FLOAT32));
    Value rate = g.parameter("rate", TensorType.of(DType.FLOAT32));
    for (int i = 0; i < SHAPES.size(); i++) {
      TensorType type = TensorType.of(DType.FLOAT32, SHAPES.get(i));
      List<Value> in = new ArrayList<>();
      in.add(g.parameter("p" + i, type));
      in.add(g.parameter("gradient" + i, type));
      for (String slot : slots) {
        in.add(g.parameter(slot + i, type));
      }
      if (operator.equals("AdamWUpdate")) {
        in.add(step);
      }
      in.add(rate);
      List<Value> out = g.ops(operator, attributes, slots.size() + 1, in.toArray(new Value[0]));
      g.update("p" + i, out.get(0));
      for (int k = 0; k < slots.size(); k++) {
        g.update(slots.get(k) + i, out.get(k + 1));
      }
    }
    g.update("step", step.add(1));
    g.output(step.mul(rate), "product");
    return g.build();
  }

  private static Map<String, HostTensor> values(Graph graph) {
    Random random = new Random(5);
    Map<String, HostTensor> values = new LinkedHashMap<>();
    for (GraphInput input : graph.inputs()) {
      // Second moments are positive.
      values.put(
          input.name(),
          HostTensor.fromDoubles(input.type(), i -> Math.abs(random.nextGaussian()) + 0.01));
    }
    values.put("step", HostTensor.scalar(3f));
    values.put("rate", HostTensor.scalar(0.1f));
    return values;
  }

  @Test
  void adamWInBlocksAgreesWithTheFormula() {
    Attributes attributes = Attributes.of("beta1", 0.9, "beta2", 0.999).with("weight_decay", 0.05);
    Graph graph = updates("AdamWUpdate", attributes, List.of("m", "v"));
    Agreement.assertAlike(graph, values(graph), BLOCK);
  }

  @Test
  void momentumInARowAgreesWithTheFormula() {
    Attributes attributes = Attributes.of("momentum", 0.9, "nesterov", 1).with("weight_decay", 0.1);
    Graph graph = updates("SgdUpdate", attributes, List.of("velocity"));
    Agreement.assertAlike(graph, values(graph), BLOCK);
  }

  @Test
  void smallParametersAreUpdatedAsOne() {
    Graph graph = updates("SgdUpdate", Attributes.of("momentum", 0.9), List.of("velocity"));
    Graph fused = Updates.apply(graph, new SlotShape(16));
    long updates =
        fused.nodes().stream().filter(n -> n.operator().name().equals("SgdUpdate")).count();
    assertEquals(4, updates, "one for the small ones and three large ones");
  }

  @Test
  void slotsOfLargeParametersHaveManyRows() {
    SlotShape slots = new SlotShape(16);
    TensorType large = TensorType.of(DType.FLOAT32, 256, 256);
    assertEquals(TensorType.of(DType.FLOAT32, 1, 16, 256, 16), slots.of(large));
    assertTrue(slots.isBlocked(large));
    assertEquals(TensorType.of(DType.FLOAT32, 27), slots.of(TensorType.of(DType.FLOAT32, 3, 3, 3)));
    assertEquals(TensorType.of(DType.FLOAT32, 1), slots.of(TensorType.of(DType.FLOAT32)));
  }
}
