package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import dev.graft.backend.BackendException;
import dev.graft.backend.Device;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Map;

/**
 * How many channels ONNX Runtime's blocked kernels take together: 16 with AVX-512 and on some ARM
 * processors, 8 with AVX, and nothing where it has no such kernels. It does not say; so a small
 * tensor is reordered once per process to see.
 */
final class ChannelBlock {
  private ChannelBlock() {}

  /** The block for a device; 0 if it has no blocked kernels. */
  static int of(Device device) {
    Engine.check(device);
    return device.kind() == Device.Kind.CPU ? Holder.BLOCK : 0;
  }

  private static final class Holder {
    static final int BLOCK = probe();
  }

  private static int probe() {
    TensorType type = TensorType.of(DType.FLOAT32, 1, 64, 1, 2);
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", type);
    g.output(ContribOperators.apply(g, ContribOperators.REORDER_INPUT, Attributes.NONE, x), "y");
    HostTensor counted = HostTensor.fromDoubles(type, i -> i);
    Ports ports = Ports.of(g.build(), input -> true, new SlotShape(0));
    try (Compiled compiled = new Compiled(ports, Map.of(), Device.CPU, 1);
        OnnxTensor in = Tensors.toNative(counted);
        OnnxTensor out = compiled.run(Map.of("x", in), false).values().iterator().next()) {
      HostTensor reordered = Tensors.toHost(out, type);
      // The second position of the first channel comes after the first positions of a block.
      int block = 1;
      while (reordered.getDouble(block) != 1) {
        block++;
      }
      return block == 8 || block == 16 ? block : 0;
    } catch (BackendException e) {
      return 0;
    }
  }
}
