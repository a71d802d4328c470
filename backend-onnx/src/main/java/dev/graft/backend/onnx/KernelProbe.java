package dev.graft.backend.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.graft.backend.Device;
import dev.graft.backend.NodeSignature;
import dev.graft.backend.Support;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Operators;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.onnx.OnnxWriter;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which nodes ONNX Runtime has kernels for, by asking it: a session with one node is created,
 * which takes about a millisecond, and the answer is kept for nodes of the same operator,
 * attributes, element types and ranks. Thread-safe.
 */
final class KernelProbe {
  private static final Map<Device.Kind, KernelProbe> PROBES = new ConcurrentHashMap<>();

  private final Device device;
  private final Map<Key, Support> answers = new ConcurrentHashMap<>();

  private KernelProbe(Device device) {
    this.device = device;
  }

  /** The probe for devices of a kind; its answers live as long as the process. */
  static KernelProbe of(Device device) {
    return PROBES.computeIfAbsent(device.kind(), kind -> new KernelProbe(device));
  }

  /** What an answer depends on; nulls stand for absent inputs and outputs. */
  private record Key(
      String operator, Attributes attributes, List<String> inputs, List<String> outputs) {
    static Key of(NodeSignature node) {
      return new Key(
          node.operator().name(),
          node.attributes(),
          describe(node.inputs()),
          describe(node.outputs()));
    }

    private static List<String> describe(List<@Nullable TensorType> types) {
      return types.stream().map(t -> t == null ? "" : t.dtype() + "/" + t.rank()).toList();
    }
  }

  Support supports(NodeSignature node) {
    String operator = node.operator().name();
    if (ContribOperators.has(node.operator())
        || (operator.equals("Cos") && FastForms.isShiftedSine(operator, node.input(0)))) {
      return Support.YES;
    }
    if (operator.equals("Dropout") && node.hasInput(2) && !isFalse(node.constants().get(2))) {
      return Support.no("it draws at random; chance comes from outside, as a mask");
    }
    if (operator.equals("Resize")
        && node.hasInput(2)
        && node.attributes().s("coordinate_transformation_mode", "").equals("align_corners")) {
      return Support.no("ONNX Runtime aligns corners to the rounded size, not to the scale");
    }
    if (!OnnxWriter.isWritable(node.operator())) {
      return Support.no(
          node.operator().isStandard()
              ? "it came with opset " + node.operator().since() + ", this is " + Operators.OPSET
              : "ONNX Runtime has no kernel for it");
    }
    return answers.computeIfAbsent(Key.of(node), key -> ask(node));
  }

  private static boolean isFalse(@Nullable HostTensor flag) {
    return flag != null && flag.getLong(0) == 0;
  }

  private Support ask(NodeSignature node) {
    byte[] model =
        OnnxWriter.STANDARD.toProto(single(node).build(), ParameterStore.EMPTY).toByteArray();
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setOptimizationLevel(OptLevel.NO_OPT);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      if (device.kind() == Device.Kind.GPU) {
        options.addCUDA(device.index());
      }
      try (OrtSession session = Engine.environment().createSession(model, options)) {
        return session.getNumOutputs() > 0 ? Support.YES : Support.no("it gives no output");
      }
    } catch (OrtException e) {
      return Support.no(
          "ONNX Runtime has no kernel for "
              + node.operator().name()
              + " on "
              + node.inputs().stream().filter(t -> t != null).map(TensorType::dtype).toList()
              + " ("
              + e.getMessage()
              + ")");
    }
  }

  /** A graph of the one node, its inputs fed except for constants. */
  private static GraphBuilder single(NodeSignature node) {
    GraphBuilder builder = new GraphBuilder();
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      TensorType type = node.inputs().get(i);
      HostTensor constant = node.constants().get(i);
      if (type == null) {
        inputs.add("");
      } else {
        Value value =
            constant != null ? builder.constant("in" + i, constant) : builder.input("in" + i, type);
        inputs.add(value.name());
      }
    }
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      outputs.add(node.outputs().get(i) == null ? "" : "out" + i);
    }
    List<@Nullable Value> results =
        builder.node(new Node("probe", node.operator(), inputs, outputs, node.attributes()));
    results.stream().filter(v -> v != null).forEach(builder::output);
    return builder;
  }
}
