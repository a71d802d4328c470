package dev.graft.backend.onnx;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.EngineCalls;
import dev.graft.backend.EngineState;
import dev.graft.backend.Lowering;
import dev.graft.backend.NodeSignature;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.backend.Support;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * ONNX Runtime on one device.
 *
 * <p>On a GPU, ONNX Runtime's Java interface returns every output to the host, so a state travels
 * to the device and back at each step.
 */
final class OnnxBackend implements Backend {
  /** Programs nobody uses that are kept in case they are compiled again. */
  private static final int IDLE_PROGRAMS = 4;

  private final Device device;
  private final int threads;
  private final int block;
  private final OnnxMemory memory;
  private final KernelProbe kernels;
  private final ProgramCache cache = new ProgramCache(IDLE_PROGRAMS);
  private final Set<AutoCloseable> handedOut = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  OnnxBackend(Device device, BackendOptions options) {
    this(device, options, ChannelBlock.of(device));
  }

  /**
   * @param block the channels in a block of the kernels for blocked tensors; 0 to do without them
   */
  OnnxBackend(Device device, BackendOptions options, int block) {
    Engine.check(device);
    this.device = device;
    this.block = block;
    this.memory = new OnnxMemory(this, new SlotShape(block));
    this.threads = options.effectiveThreads();
    this.kernels = KernelProbe.of(device);
  }

  @Override
  public String name() {
    return OnnxBackendProvider.NAME;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Map<String, String> versions() {
    return Engine.versions();
  }

  @Override
  public Support supports(NodeSignature node) {
    return kernels.supports(node);
  }

  /** What a compiled graph is made from; equal tensors are the same constants. */
  private record Key(Same graph, Set<String> state, Map<String, HostTensor> frozen) {
    /** A graph as itself: comparing two large ones costs more than it saves. */
    private static final class Same {
      private final Graph graph;

      Same(Graph graph) {
        this.graph = graph;
      }

      @Override
      public boolean equals(Object o) {
        return o instanceof Same other && other.graph == graph;
      }

      @Override
      public int hashCode() {
        return System.identityHashCode(graph);
      }
    }

    /** Leaves the tensors out: hashing all weights takes longer than it is worth. */
    @Override
    public int hashCode() {
      return 31 * graph.hashCode() + state.hashCode();
    }
  }

  @Override
  public Program compile(Graph graph, ParameterStore store, CompileOptions options) {
    requireOpen();
    Map<String, HostTensor> frozen = options.compiledIn(this, graph, store);
    Key key = new Key(new Key.Same(graph), options.state(), frozen);
    Compiled compiled =
        EngineCalls.call(() -> cache.acquire(key, () -> compile(graph, frozen, options.state())));
    List<GraphInput> stateInputs = OnnxProgram.stateInputs(graph, options.state());
    return new OnnxProgram(this, graph, compiled, stateInputs, () -> cache.release(key));
  }

  private Compiled compile(Graph graph, Map<String, HostTensor> frozen, Set<String> state) {
    Graph fast = Updates.apply(FastForms.apply(graph), memory.slots());
    Graph laidOut = block == 0 ? fast : BlockedLayout.apply(fast, block, state);
    // Decompositions may bring in forms that have faster ones.
    Graph lowered = FastForms.apply(Lowering.lower(laidOut, name(), this::supports));
    Ports ports = Ports.of(lowered, input -> !frozen.containsKey(input.name()), memory.slots());
    return new Compiled(ports, frozen, device, threads);
  }

  @Override
  public State newState(ParameterStore values) {
    requireOpen();
    return opened(new EngineState<>(memory, values));
  }

  OnnxMemory memory() {
    return memory;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend 'onnx' is closed");
    }
  }

  /** Notes something that is to be closed with this backend. */
  <T extends AutoCloseable> T opened(T resource) {
    handedOut.add(resource);
    return resource;
  }

  void closed(AutoCloseable resource) {
    handedOut.remove(resource);
  }

  /** The number of programs, states and fetches that are open. */
  int openResources() {
    return handedOut.size();
  }

  /** The number of compiled graphs held, used or idle. */
  int compiledGraphs() {
    return cache.size();
  }

  @Override
  public void close() {
    closed = true;
    for (AutoCloseable resource : new ArrayList<>(handedOut)) {
      try {
        resource.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new BackendException("backend 'onnx' failed to close: " + e.getMessage(), e);
      }
    }
    cache.close();
  }
}
