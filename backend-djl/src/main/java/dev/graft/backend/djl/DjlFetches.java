package dev.graft.backend.djl;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.graft.backend.Fetches;
import dev.graft.graph.Graph;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Outputs in PyTorch's memory, all owned by one manager. */
final class DjlFetches implements Fetches {
  private final PtNDManager manager;
  private final Map<String, DjlTensor> outputs = new LinkedHashMap<>();
  private boolean closed;

  DjlFetches(PtNDManager manager, Graph graph, NDList results) {
    this.manager = manager;
    for (int i = 0; i < graph.outputs().size(); i++) {
      String name = graph.outputs().get(i);
      PtNDArray array = (PtNDArray) results.get(i);
      // Sizes that depend on data are known only now.
      Shape shape =
          new Shape(Arrays.stream(array.getShape().getShape()).mapToObj(Dim::of).toList());
      outputs.put(
          name, new DjlTensor(this, array, new TensorType(graph.type(name).dtype(), shape)));
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(outputs.keySet());
  }

  @Override
  public Tensor get(String name) {
    requireOpen();
    DjlTensor tensor = outputs.get(name);
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
      manager.close();
    }
  }
}
