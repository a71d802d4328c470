package dev.graft.backend.tensorflow;

import dev.graft.backend.Fetches;
import dev.graft.graph.Graph;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Outputs in TensorFlow's memory. */
final class TensorFlowFetches implements Fetches {
  private final Map<String, TensorFlowTensor> outputs = new LinkedHashMap<>();
  private boolean closed;

  /** Takes over the tensors, one per output of the graph. */
  TensorFlowFetches(Graph graph, List<org.tensorflow.Tensor> results) {
    for (int i = 0; i < graph.outputs().size(); i++) {
      String name = graph.outputs().get(i);
      // Sizes that depend on data are known only now.
      TensorType type =
          new TensorType(graph.type(name).dtype(), NativeTensors.shape(results.get(i)));
      outputs.put(name, new TensorFlowTensor(this, results.get(i), type));
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(outputs.keySet());
  }

  @Override
  public Tensor get(String name) {
    requireOpen();
    TensorFlowTensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "the program has no output '" + name + "'; it gives " + outputs.keySet());
    }
    return tensor;
  }

  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the fetched outputs are closed");
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      outputs.values().forEach(t -> t.array().close());
    }
  }
}
