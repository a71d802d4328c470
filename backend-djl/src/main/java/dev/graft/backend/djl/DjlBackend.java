package dev.graft.backend.djl;

import ai.djl.pytorch.engine.PtNDManager;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.EngineState;
import dev.graft.backend.NodeSignature;
import dev.graft.backend.Precision;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.backend.Support;
import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** PyTorch on one device. All memory it hands out hangs on one manager. */
final class DjlBackend implements Backend {
  private final Device device;
  private final int threads;
  private final Map<String, String> versions;
  private final PtNDManager manager;
  private final DjlMemory slots = new DjlMemory(this, true);
  private final DjlMemory values = new DjlMemory(this, false);
  private volatile boolean closed;

  DjlBackend(Device device, BackendOptions options, Map<String, String> versions) {
    this.device = device;
    this.threads = options.effectiveThreads();
    this.versions = versions;
    this.manager =
        Torch.newManager(
            device.kind() == Device.Kind.CPU
                ? ai.djl.Device.cpu()
                : ai.djl.Device.gpu(device.index()));
  }

  @Override
  public String name() {
    return DjlBackendProvider.NAME;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Map<String, String> versions() {
    return versions;
  }

  @Override
  public Set<Precision> precisions() {
    return EnumSet.allOf(Precision.class);
  }

  int threads() {
    return threads;
  }

  /** Where slots live. */
  DjlMemory slots() {
    return slots;
  }

  /** Where feeds and outputs live. */
  DjlMemory values() {
    return values;
  }

  /** Owns all that lives as long as this backend, unless it is closed before. */
  PtNDManager manager() {
    requireOpen();
    return manager;
  }

  PtNDManager newManager() {
    return (PtNDManager) manager().newSubManager();
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend 'djl' is closed");
    }
  }

  @Override
  public Support supports(NodeSignature node) {
    return TorchOperators.supports(node);
  }

  @Override
  public Program compile(Graph graph, ParameterStore store, CompileOptions options) {
    requireOpen();
    Map<String, HostTensor> compiledIn = options.compiledIn(this, graph, store);
    return new DjlProgram(this, graph, compiledIn, options.precision());
  }

  @Override
  public State newState(ParameterStore values) {
    requireOpen();
    return new EngineState<>(slots, values);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      manager.close();
    }
  }
}
