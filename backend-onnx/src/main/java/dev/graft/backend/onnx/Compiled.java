package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.graft.backend.BackendException;
import dev.graft.backend.Device;
import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.onnx.OnnxWriter;
import dev.graft.onnx.Placement;
import dev.graft.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A session of ONNX Runtime and the names under which it takes and gives values. */
final class Compiled implements AutoCloseable {
  /** Names a file prefix to which every session writes a profile, for those who tune lowerings. */
  private static final String PROFILE_PROPERTY = "graft.onnx.profile";

  /** Larger parameters are handed over beside the model, which protobuf limits to 2 GB. */
  private static final int EMBEDDED_BYTES = 1024;

  private final Ports ports;
  private final SessionOptions options;
  private final OrtSession session;
  private final Set<String> outputs;
  private final Set<String> outputsAndUpdates;

  /**
   * @param ports a graph in operators that ONNX Runtime has
   * @param frozen the values of the state inputs that become constants
   */
  Compiled(Ports ports, Map<String, HostTensor> frozen, Device device, int threads) {
    this.ports = ports;
    outputs = new LinkedHashSet<>(ports.outputs().values());
    outputsAndUpdates = new LinkedHashSet<>(outputs);
    outputsAndUpdates.addAll(ports.updates().values());
    byte[] model = model(ports.graph(), frozen);
    Map<String, OnnxTensorLike> external = new LinkedHashMap<>();
    options = new SessionOptions();
    try {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      // What goes wrong comes back as an exception; it need not be printed as well.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      String profile = System.getProperty(PROFILE_PROPERTY);
      if (profile != null) {
        options.enableProfiling(profile);
      }
      if (device.kind() == Device.Kind.GPU) {
        options.addCUDA(device.index());
      }
      frozen.forEach(
          (name, tensor) -> {
            if (isExternal(tensor)) {
              external.put(name, Tensors.toNative(tensor));
            }
          });
      if (!external.isEmpty()) {
        options.addExternalInitializers(external);
      }
      session = Engine.environment().createSession(model, options);
    } catch (OrtException e) {
      options.close();
      throw new BackendException("ONNX Runtime does not compile this graph: " + e.getMessage(), e);
    } finally {
      // The session has copied them.
      external.values().forEach(OnnxTensorLike::close);
    }
  }

  private static byte[] model(Graph graph, Map<String, HostTensor> frozen) {
    return OnnxWriter.STANDARD
        .withPlacement(name -> placement(frozen, name))
        .withUpdates()
        .withDomains(ContribOperators.DOMAINS)
        .toProto(graph, ParameterStore.of(frozen))
        .toByteArray();
  }

  private static Placement placement(Map<String, HostTensor> frozen, String name) {
    HostTensor value = frozen.get(name);
    if (value == null) {
      return Placement.INPUT;
    }
    return isExternal(value) ? Placement.EXTERNAL : Placement.EMBEDDED;
  }

  private static boolean isExternal(HostTensor tensor) {
    return tensor.bytes().remaining() > EMBEDDED_BYTES;
  }

  Ports ports() {
    return ports;
  }

  /**
   * Runs the session; several threads may do so at once.
   *
   * @param withUpdates whether to compute the new values of the state as well
   * @return native tensors by the names of the ports' graph; the caller closes them
   */
  Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs, boolean withUpdates) {
    Set<String> wanted = withUpdates ? outputsAndUpdates : outputs;
    try {
      // The result is not closed here: that would close its tensors, which is all it would do.
      OrtSession.Result result = session.run(inputs, wanted);
      Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
      int i = 0;
      for (String name : wanted) {
        tensors.put(name, (OnnxTensor) result.get(i++));
      }
      return tensors;
    } catch (OrtException e) {
      throw new BackendException("ONNX Runtime failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new BackendException("ONNX Runtime failed to close a session: " + e.getMessage(), e);
    } finally {
      options.close();
    }
  }
}
