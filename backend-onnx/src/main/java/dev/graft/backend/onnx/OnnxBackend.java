package dev.graft.backend.onnx;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Lowering;
import dev.graft.backend.NodeSignature;
import dev.graft.backend.Precision;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.backend.Support;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.graph.Suggestions;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    checkOpen();
    if (!precisions().contains(options.precision())) {
      throw new BackendException(
          "backend 'onnx' computes in "
              + precisions()
              + ", not in "
              + options.precision()
              + ", for which ONNX Runtime has no kernels on a CPU; leave the precision at "
              + Precision.FLOAT32
              + " or choose another backend");
    }
    checkState(graph, options.state());
    Map<String, HostTensor> frozen = frozen(graph, store, options.state());
    Key key = new Key(new Key.Same(graph), options.state(), frozen);
    Compiled compiled = cache.acquire(key, () -> compile(graph, frozen, options.state()));
    List<GraphInput> stateInputs = OnnxProgram.stateInputs(graph, options.state());
    return new OnnxProgram(this, graph, compiled, stateInputs, () -> cache.release(key));
  }

  private Compiled compile(Graph graph, Map<String, HostTensor> frozen, Set<String> state) {
    Graph fast = Updates.apply(FastForms.apply(graph), slots());
    Graph laidOut = block == 0 ? fast : BlockedLayout.apply(fast, block, state);
    // Decompositions may bring in forms that have faster ones.
    Graph lowered = FastForms.apply(Lowering.lower(laidOut, name(), this::supports));
    Ports ports = Ports.of(lowered, input -> !frozen.containsKey(input.name()), slots());
    return new Compiled(ports, frozen, device, threads);
  }

  private static void checkState(Graph graph, Set<String> state) {
    List<String> inputs = graph.inputs(Role.STATE).stream().map(GraphInput::name).toList();
    for (String name : state) {
      if (!inputs.contains(name)) {
        throw new GraphException(
            "'"
                + name
                + "' is to be state, but the graph has no such state input. "
                + Suggestions.closest(name, inputs));
      }
    }
    for (String name : graph.updates().keySet()) {
      if (!state.contains(name)) {
        throw new GraphException(
            "the graph updates '" + name + "', so it must be among the state of CompileOptions");
      }
    }
  }

  /** The values of the state inputs that become constants. */
  private static Map<String, HostTensor> frozen(
      Graph graph, ParameterStore store, Set<String> state) {
    Map<String, HostTensor> frozen = new LinkedHashMap<>();
    for (GraphInput input : graph.inputs(Role.STATE)) {
      if (!state.contains(input.name())) {
        HostTensor value = store.get(input.name());
        if (!value.type().equals(input.type())) {
          throw new GraphException(
              "parameter '"
                  + input.name()
                  + "' is "
                  + input.type()
                  + " in the graph, but the store has "
                  + value.type());
        }
        frozen.put(input.name(), value);
      }
    }
    return frozen;
  }

  @Override
  public State newState(ParameterStore values) {
    checkOpen();
    return new OnnxState(this, values, slots());
  }

  private SlotShape slots() {
    return new SlotShape(block);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("backend 'onnx' is closed");
    }
  }

  /** Notes something that is to be closed with this backend. */
  void opened(AutoCloseable resource) {
    handedOut.add(resource);
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
