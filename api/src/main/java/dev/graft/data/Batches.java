package dev.graft.data;

import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts single examples together. */
public final class Batches {
  private Batches() {}

  /** Stacks tensors of equal type along a new first axis. */
  public static HostTensor stackTensors(List<HostTensor> tensors) {
    TensorType type = tensors.get(0).type();
    int bytes = tensors.get(0).bytes().remaining();
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(Math.multiplyExact(bytes, tensors.size()))
            .order(ByteOrder.nativeOrder());
    for (HostTensor t : tensors) {
      if (!t.type().equals(type)) {
        throw new DataException("cannot stack " + t.type() + " on " + type);
      }
      buffer.put(t.bytes());
    }
    List<Dim> dims = new ArrayList<>(List.of(Dim.of(tensors.size())));
    dims.addAll(type.shape().dims());
    return HostTensor.wrap(type.withShape(new Shape(dims)), buffer.flip());
  }

  /** Stacks each named input. */
  public static Map<String, HostTensor> stack(List<Map<String, HostTensor>> prepared) {
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    for (String name : prepared.get(0).keySet()) {
      batch.put(name, stackTensors(prepared.stream().map(p -> p.get(name)).toList()));
    }
    return batch;
  }
}
