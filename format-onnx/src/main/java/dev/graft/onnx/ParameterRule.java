package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells parameters from constants, which ONNX files do not. A parameter is a floating initialiser
 * of rank 1 or more that is read as data; what sets the course of an operator (scales of a resize,
 * bounds of a clip, quantisation scales) is a constant, and so are scalars without a name that a
 * module would have.
 */
final class ParameterRule {
  /** The floating constants, where the file lists them because Graft has written it. */
  private final @Nullable Set<String> listed;

  /** The inputs of operators that are settings rather than data. */
  private static final Map<String, Set<Integer>> SETTINGS =
      Map.ofEntries(
          Map.entry("Resize", Set.of(1, 2, 3)),
          Map.entry("Upsample", Set.of(1)),
          Map.entry("Clip", Set.of(1, 2)),
          Map.entry("Pad", Set.of(1, 2, 3)),
          Map.entry("Dropout", Set.of(1, 2)),
          Map.entry("OneHot", Set.of(1, 2)),
          Map.entry("Range", Set.of(0, 1, 2)),
          Map.entry("Pow", Set.of(1)),
          Map.entry("Equal", Set.of(0, 1)),
          Map.entry("Greater", Set.of(0, 1)),
          Map.entry("GreaterOrEqual", Set.of(0, 1)),
          Map.entry("Less", Set.of(0, 1)),
          Map.entry("LessOrEqual", Set.of(0, 1)),
          Map.entry("QuantizeLinear", Set.of(1, 2)),
          Map.entry("DequantizeLinear", Set.of(1, 2)),
          Map.entry("QLinearConv", Set.of(1, 2, 4, 5, 6, 7)),
          Map.entry("QLinearMatMul", Set.of(1, 2, 4, 5, 6, 7)),
          Map.entry("NegativeLogLikelihoodLoss", Set.of(2)),
          Map.entry("SoftmaxCrossEntropyLoss", Set.of(2)));

  /** The inputs of operators that are weights, whatever the file calls them. */
  private static final Map<String, Set<Integer>> WEIGHTS =
      Map.ofEntries(
          Map.entry("Conv", Set.of(1, 2)),
          Map.entry("ConvTranspose", Set.of(1, 2)),
          Map.entry("Gemm", Set.of(0, 1, 2)),
          Map.entry("MatMul", Set.of(0, 1)),
          Map.entry("Gather", Set.of(0)),
          Map.entry("LSTM", Set.of(1, 2, 3)),
          Map.entry("GRU", Set.of(1, 2, 3)),
          Map.entry("RNN", Set.of(1, 2, 3)));

  /** A scalar that a choice is made with, such as the value of masked positions. */
  private static final Map<String, Set<Integer>> CHOICES = Map.of("Where", Set.of(1, 2));

  /** Names that exporters number, rather than take from a module. */
  private static final Pattern GENERATED = Pattern.compile("[^.]*\\d|.*/Constant(_\\d+)?_output_0");

  /** {@code layer1.bn.weight}, {@code logit.scale}: names that modules give. */
  private static final Pattern OF_A_MODULE = Pattern.compile("[^/:]*[A-Za-z_]\\w*\\.[A-Za-z]\\w*");

  private ParameterRule(@Nullable Set<String> listed) {
    this.listed = listed;
  }

  /** The rule for a model. */
  static ParameterRule of(ModelProto model) {
    return new ParameterRule(
        model.getMetadataPropsList().stream()
            .filter(p -> p.getKey().equals(OnnxWriter.CONSTANTS_KEY))
            .map(p -> Set.copyOf(p.getValue().lines().toList()))
            .findFirst()
            .orElse(null));
  }

  /** One reading of a value: by which operator, at which input. */
  record Use(String operator, int input) {
    boolean among(Map<String, Set<Integer>> slots) {
      return slots.getOrDefault(operator, Set.of()).contains(input);
    }
  }

  /** Whether an initialiser is a parameter, given what reads it. */
  boolean isParameter(String name, HostTensor tensor, List<Use> uses) {
    if (listed != null) {
      return tensor.dtype().isFloating() && !listed.contains(name);
    }
    if (!tensor.dtype().isFloating() || uses.stream().allMatch(u -> u.among(SETTINGS))) {
      return false;
    }
    if (tensor.shape().rank() == 0) {
      return OF_A_MODULE.matcher(name).matches() && uses.stream().noneMatch(u -> u.among(CHOICES));
    }
    // Ones and zeros that stand in for an absent affine part or an initial state.
    boolean filler =
        GENERATED.matcher(name).matches()
            && isUniform(tensor)
            && uses.stream().noneMatch(u -> u.among(WEIGHTS));
    return !filler;
  }

  /** Whether the value of a {@code Constant} node is a parameter: a weight by its place. */
  static boolean isParameter(HostTensor constant, List<Use> uses) {
    return constant.dtype().isFloating()
        && constant.shape().rank() > 0
        && constant.size() > 1
        && uses.stream().anyMatch(u -> u.among(WEIGHTS));
  }

  /** Whether all elements are equal. */
  static boolean isUniform(HostTensor tensor) {
    for (int i = 1; i < tensor.size(); i++) {
      if (tensor.getDouble(i) != tensor.getDouble(0)) {
        return false;
      }
    }
    return true;
  }
}
