package dev.graft.testkit.reference;

import dev.graft.backend.Fetches;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/** Outputs on the host; closing them only ends their use. */
final class ReferenceFetches implements Fetches {
  private final Map<String, HostTensor> outputs;
  private volatile boolean closed;

  ReferenceFetches(Map<String, HostTensor> outputs) {
    this.outputs = Collections.unmodifiableMap(outputs);
  }

  @Override
  public Set<String> names() {
    return outputs.keySet();
  }

  @Override
  public Tensor get(String name) {
    if (closed) {
      throw new IllegalStateException("the outputs are closed; copy them to the host before");
    }
    HostTensor output = outputs.get(name);
    if (output == null) {
      throw new IllegalArgumentException(
          "the program has no output '" + name + "'; it has " + outputs.keySet());
    }
    return output;
  }

  @Override
  public void close() {
    closed = true;
  }
}
