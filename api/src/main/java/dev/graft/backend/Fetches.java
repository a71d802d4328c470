package dev.graft.backend;

import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The outputs of one run. They live where the engine put them until this is closed; host copies
 * live on.
 */
public interface Fetches extends AutoCloseable {
  Set<String> names();

  /** An output, valid until this is closed; may be fed to another run of the same backend. */
  Tensor get(String name);

  /** A copy of one output on the host. */
  default HostTensor host(String name) {
    return get(name).toHost();
  }

  /** Copies of all outputs on the host. */
  default Map<String, HostTensor> toHost() {
    Map<String, HostTensor> all = new LinkedHashMap<>();
    names().forEach(n -> all.put(n, host(n)));
    return all;
  }

  @Override
  void close();
}
