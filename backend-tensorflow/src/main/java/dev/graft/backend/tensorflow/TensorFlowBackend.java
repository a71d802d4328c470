package dev.graft.backend.tensorflow;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
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
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * TensorFlow on one device.
 *
 * <p>TensorFlow has one pool of compute threads per process: its size is that of the first backend
 * that runs something.
 */
final class TensorFlowBackend implements Backend {
  private final Device device;
  private final Map<String, String> versions;
  private final ConfigProto config;
  private final TensorFlowMemory memory = new TensorFlowMemory(this);

  /** What was handed out and is closed with this backend, unless it has been forgotten. */
  private final Set<AutoCloseable> handedOut =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private volatile boolean closed;

  TensorFlowBackend(Device device, BackendOptions options, Map<String, String> found) {
    this.device = device;
    Map<String, String> all = new TreeMap<>(found);
    all.put("tensorflow", TensorFlow.version());
    this.versions = Collections.unmodifiableMap(all);
    ConfigProto.Builder settings =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(options.effectiveThreads())
            .setInterOpParallelismThreads(options.effectiveThreads())
            .setAllowSoftPlacement(true);
    if (device.kind() == Device.Kind.CPU) {
      settings.putDeviceCount("GPU", 0);
    } else {
      settings.setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true));
    }
    this.config = settings.build();
  }

  @Override
  public String name() {
    return TensorFlowBackendProvider.NAME;
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

  TensorFlowMemory memory() {
    return memory;
  }

  ConfigProto config() {
    return config;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend 'tensorflow' is closed");
    }
  }

  /** Closes it with this backend. */
  <T extends AutoCloseable> T handOut(T product) {
    handedOut.add(product);
    return product;
  }

  @Override
  public Support supports(NodeSignature node) {
    return onDevice(node, TensorFlowOperators.supports(node));
  }

  /** Whether a node of a graph that is bound to its feeds can be translated as it stands. */
  Support translates(NodeSignature node) {
    return onDevice(node, TensorFlowOperators.translates(node));
  }

  private Support onDevice(NodeSignature node, Support support) {
    boolean gpu = device.kind() == Device.Kind.GPU;
    // What the fused kernels save between forward and backward differs from the CPU's.
    return gpu && node.operator().name().startsWith("BatchNormalization")
        ? Support.no("statistics in the form of a CPU")
        : support;
  }

  @Override
  public Program compile(Graph graph, ParameterStore store, CompileOptions options) {
    requireOpen();
    Map<String, HostTensor> compiledIn = options.compiledIn(this, graph, store);
    return handOut(new TensorFlowProgram(this, graph, compiledIn, options.precision()));
  }

  @Override
  public State newState(ParameterStore values) {
    requireOpen();
    return handOut(new EngineState<>(memory, values));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (AutoCloseable product : handedOut.toArray(AutoCloseable[]::new)) {
      try {
        product.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new BackendException("closing backend 'tensorflow' failed: " + e.getMessage(), e);
      }
    }
  }
}
