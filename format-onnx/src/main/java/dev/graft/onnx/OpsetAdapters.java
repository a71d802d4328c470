package dev.graft.onnx;

import dev.graft.graph.Attributes;
import dev.graft.graph.Operators;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Brings nodes of other opsets to the pinned one ({@link Operators#OPSET}): one row for each change
 * of an operator that a name, an attribute, or a default does not survive. Versions between which
 * an operator only gained element types need no row.
 */
final class OpsetAdapters {
  /** The newest opset whose changes this table knows. */
  static final int NEWEST = 28;

  /** No version limit. */
  private static final int ANY = Integer.MAX_VALUE;

  /** Operators whose meaning changed before opset 8, and the first opset that is read. */
  private static final Map<String, Integer> FIRST = new HashMap<>();

  private static final Map<String, List<Row>> ROWS = new HashMap<>();

  /** What adapters may ask of the graph that is being built, and add to it. */
  interface Target {
    TensorType type(String value);

    /** The value if it is a known constant. */
    Optional<HostTensor> constantOf(String value);

    /** Whether a node or the graph's outputs read a value. */
    boolean isRead(String value);

    /** Adds a constant named after the node. */
    String constant(OnnxNode node, String suffix, HostTensor tensor);

    /** Adds a node before the given one, named after it, and returns its output. */
    String emit(
        OnnxNode node, String suffix, String operator, Attributes attributes, String... inputs);
  }

  @FunctionalInterface
  private interface Adapter {
    void apply(OnnxNode node, Target target);
  }

  /** Applies to nodes of opsets below a version. */
  private record Row(int below, Adapter adapter) {}

  static {
    for (String binary :
        List.of(
            "Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less")) {
      FIRST.put(binary, 7);
    }
    for (String changed :
        List.of(
            "PRelu", "Gemm", "BatchNormalization", "Dropout", "GRU", "LSTM", "RNN", "Upsample")) {
      FIRST.put(changed, 7);
    }
    for (String changed : List.of("Cast", "Clip", "Tile")) {
      FIRST.put(changed, 6);
    }
    FIRST.putAll(Map.of("Reshape", 5, "Concat", 4, "Pad", 2, "Split", 2, "Scan", 9));

    row("Upsample", ANY, OpsetAdapters::upsample);
    row("Resize", 11, OpsetAdapters::resizeOfTwoInputs);
    row("Resize", ANY, OpsetAdapters::withoutEmptySettings);
    row("Pad", 11, OpsetAdapters::pad);
    row("Slice", 10, OpsetAdapters::slice);
    row("TopK", 10, (n, t) -> scalarToInput(n, t, "k"));
    row("Clip", 11, OpsetAdapters::clip);
    row("Dropout", 12, OpsetAdapters::dropout);
    row("BatchNormalization", 14, OpsetAdapters::batchNormalization);
    for (String reduction :
        List.of("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare")) {
      row("Reduce" + reduction, 18, (n, t) -> vectorToInput(n, t, "axes"));
    }
    row("ReduceSum", 13, (n, t) -> vectorToInput(n, t, "axes"));
    row("Squeeze", 13, (n, t) -> vectorToInput(n, t, "axes"));
    row("Unsqueeze", 13, (n, t) -> vectorToInput(n, t, "axes"));
    row("Split", 13, (n, t) -> vectorToInput(n, t, "split"));
    row("Split", 18, OpsetAdapters::splitEvenly);
    row("Softmax", 13, OpsetAdapters::flattenedSoftmax);
    row("LogSoftmax", 13, OpsetAdapters::flattenedSoftmax);
    row("Hardmax", 13, OpsetAdapters::flattenedSoftmax);
    row("Scatter", ANY, (n, t) -> n.operator = "ScatterElements");
    row("GroupNormalization", 21, OpsetAdapters::groupNormalization);
    row("GridSample", 20, OpsetAdapters::gridSample);
    row("CastLike", ANY, OpsetAdapters::castLike);
    // These concern only element types that Graft does not have.
    row("Cast", ANY, (n, t) -> n.attributes.keySet().removeAll(Set.of("saturate", "round_mode")));
    row(
        "QuantizeLinear",
        ANY,
        (n, t) -> n.attributes.keySet().removeAll(Set.of("saturate", "precision")));
    row("DequantizeLinear", ANY, OpsetAdapters::dequantize);
    row("Range", ANY, OpsetAdapters::halfRange);
    row("Mod", ANY, OpsetAdapters::floatingMod);
    row("SpaceToDepth", ANY, OpsetAdapters::spaceToDepth);
    row("MeanVarianceNormalization", ANY, OpsetAdapters::meanVarianceNormalization);
  }

  private OpsetAdapters() {}

  private static void row(String operator, int below, Adapter adapter) {
    ROWS.computeIfAbsent(operator, k -> new ArrayList<>()).add(new Row(below, adapter));
  }

  /** Whether an operator of the standard domain can be brought to one that graphs have. */
  static boolean reads(String operator) {
    return Operators.has(operator) || ROWS.containsKey(operator);
  }

  /** Why a node's version of its operator is not read; empty if it is. */
  static Optional<String> refusal(String operator, int opset) {
    int first = FIRST.getOrDefault(operator, 1);
    return opset < first
        ? Optional.of(
            operator + " of opset " + opset + " is too old; it is read from opset " + first + " on")
        : Optional.empty();
  }

  /** Changes the node in place, adding constants and nodes before it. */
  static void apply(OnnxNode node, Target target) {
    for (Row row : ROWS.getOrDefault(node.operator, List.of())) {
      if (node.opset < row.below) {
        row.adapter.apply(node, target);
      }
    }
  }

  // --- attributes that became inputs

  private static void vectorToInput(OnnxNode node, Target target, String attribute) {
    if (node.attributes.containsKey(attribute)) {
      node.input(1, target.constant(node, attribute, node.takeVector(attribute)));
    }
  }

  private static void scalarToInput(OnnxNode node, Target target, String attribute) {
    HostTensor value = HostTensor.vector(node.i(attribute, 0));
    node.attributes.remove(attribute);
    node.input(1, target.constant(node, attribute, value));
  }

  private static void slice(OnnxNode node, Target target) {
    node.input(1, target.constant(node, "starts", node.takeVector("starts")));
    node.input(2, target.constant(node, "ends", node.takeVector("ends")));
    if (node.attributes.containsKey("axes")) {
      node.input(3, target.constant(node, "axes", node.takeVector("axes")));
    }
  }

  private static void pad(OnnxNode node, Target target) {
    node.input(1, target.constant(node, "pads", node.takeVector("pads")));
    floatToInput(node, target, "value", 2);
  }

  private static void clip(OnnxNode node, Target target) {
    // The defaults of opset 6 are the largest floats, which bound nothing.
    node.attributes.values().removeIf(v -> v instanceof Double f && Math.abs(f) >= Float.MAX_VALUE);
    floatToInput(node, target, "min", 1);
    floatToInput(node, target, "max", 2);
  }

  private static void floatToInput(OnnxNode node, Target target, String attribute, int input) {
    if (node.attributes.containsKey(attribute)) {
      DType dtype = target.type(node.inputs.get(0)).dtype();
      HostTensor value = HostTensor.full(new TensorType(dtype, Shape.SCALAR), node.f(attribute, 0));
      node.attributes.remove(attribute);
      node.input(input, target.constant(node, attribute, value));
    }
  }

  // --- outputs and modes of training

  private static void dropout(OnnxNode node, Target target) {
    if (node.opset < 10) {
      // Its mask was not boolean yet.
      dropUnreadOutputs(node, target);
    }
    if (!node.attributes.containsKey("ratio")) {
      node.attributes.put("ratio", 0.5);
    }
    floatToInput(node, target, "ratio", 1);
    node.attributes.remove("is_test");
  }

  private static void batchNormalization(OnnxNode node, Target target) {
    if (node.i("spatial", 1) == 0) {
      throw new ModelFormatException("normalises every position by itself (spatial=0)");
    }
    node.attributes.keySet().removeAll(Set.of("spatial", "is_test"));
    dropUnreadOutputs(node, target);
  }

  private static void dropUnreadOutputs(OnnxNode node, Target target) {
    while (node.outputs.size() > 1) {
      String last = node.outputs.get(node.outputs.size() - 1);
      if (target.isRead(last)) {
        throw new ModelFormatException(
            "gives '" + last + "', which means something else since opset 14; re-export the model");
      }
      node.outputs.remove(node.outputs.size() - 1);
    }
  }

  // --- resizing

  private static void upsample(OnnxNode node, Target target) {
    if (node.attributes.remove("scales") instanceof List<?> scales) {
      TensorType type = TensorType.of(DType.FLOAT32, scales.size());
      HostTensor value = HostTensor.fromDoubles(type, i -> (Double) scales.get(i));
      node.input(1, target.constant(node, "scales", value));
    }
    node.operator = "Resize";
    resizeOfTwoInputs(node, target);
  }

  /** Opset 10 knew one way to map coordinates. */
  private static void resizeOfTwoInputs(OnnxNode node, Target target) {
    String scales = node.inputs.get(1);
    node.input(1, "");
    node.input(2, scales);
    node.attributes.put("coordinate_transformation_mode", "asymmetric");
    node.attributes.put("nearest_mode", "floor");
  }

  /** Opset 11 demanded empty tensors for what is absent, and exporters still write them. */
  private static void withoutEmptySettings(OnnxNode node, Target target) {
    for (int i = 1; i < node.inputs.size(); i++) {
      if (node.has(i)
          && target.constantOf(node.inputs.get(i)).filter(t -> t.size() == 0).isPresent()) {
        node.inputs.set(i, "");
      }
    }
    while (node.inputs.get(node.inputs.size() - 1).isEmpty()) {
      node.inputs.remove(node.inputs.size() - 1);
    }
  }

  // --- changed meanings

  private static void splitEvenly(OnnxNode node, Target target) {
    if (!node.has(1)) {
      node.attributes.put("num_outputs", (long) node.outputs.size());
    }
  }

  /** Before opset 13 all axes from {@code axis} on were taken together. */
  private static void flattenedSoftmax(OnnxNode node, Target target) {
    String x = node.inputs.get(0);
    Shape shape = target.type(x).shape();
    int axis = shape.axis(node.i("axis", 1));
    node.attributes.put("axis", (long) axis);
    boolean single = shape.dims().subList(axis + 1, shape.rank()).stream().allMatch(d -> d.is(1));
    if (single) {
      return;
    }
    String flat = target.emit(node, "Flatten", "Flatten", Attributes.of("axis", axis), x);
    String y = target.emit(node, node.operator, node.operator, Attributes.of("axis", 1), flat);
    String sizes = target.emit(node, "Shape", "Shape", Attributes.NONE, x);
    become(node, "Reshape", y, sizes);
  }

  /** Before opset 21 scale and bias were given per group. */
  private static void groupNormalization(OnnxNode node, Target target) {
    Dim channels = target.type(node.inputs.get(0)).shape().dim(1);
    long groups = node.i("num_groups", 1);
    if (!channels.isFixed()) {
      throw new ModelFormatException("has an unknown number of channels");
    }
    for (int i = 1; i <= 2; i++) {
      String perGroup = node.inputs.get(i);
      if (channels.size() != groups && target.type(perGroup).shape().dim(0).is(groups)) {
        String stem = i == 1 ? "scale" : "bias";
        String column =
            target.emit(
                node,
                stem + "/column",
                "Reshape",
                Attributes.NONE,
                perGroup,
                target.constant(node, stem + "/sizes", HostTensor.vector(groups, 1)));
        String repeated =
            target.emit(
                node,
                stem + "/repeated",
                "Expand",
                Attributes.NONE,
                column,
                target.constant(
                    node, stem + "/grid", HostTensor.vector(groups, channels.size() / groups)));
        String perChannel =
            target.emit(
                node,
                stem + "/per_channel",
                "Reshape",
                Attributes.NONE,
                repeated,
                target.constant(node, stem + "/channels", HostTensor.vector(channels.size())));
        node.inputs.set(i, perChannel);
      }
    }
  }

  private static void castLike(OnnxNode node, Target target) {
    DType to = target.type(node.inputs.get(1)).dtype();
    become(node, "Cast", node.inputs.get(0));
    node.attributes.put("to", to.name());
  }

  /** Since opset 23 the result may have another type than the scale. */
  private static void dequantize(OnnxNode node, Target target) {
    Object to = node.attributes.remove("output_dtype");
    if (to == null || to.equals(target.type(node.inputs.get(1)).dtype().name())) {
      return;
    }
    String value =
        target.emit(
            node, "value", node.operator, node.attributes(), node.inputs.toArray(String[]::new));
    become(node, "Cast", value);
    node.attributes.put("to", to);
  }

  /** Since opset 27 it counts in 16-bit floats, too. */
  private static void halfRange(OnnxNode node, Target target) {
    DType dtype = target.type(node.inputs.get(0)).dtype();
    if (dtype != DType.FLOAT16 && dtype != DType.BFLOAT16) {
      return;
    }
    Attributes wide = Attributes.of("to", DType.FLOAT32.name());
    String[] bounds = new String[3];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = target.emit(node, "bound" + i, "Cast", wide, node.inputs.get(i));
    }
    become(node, "Cast", target.emit(node, "wide", "Range", Attributes.NONE, bounds));
    node.attributes.put("to", dtype.name());
  }

  /** Until opset 20 the modes were called as they are in two dimensions. */
  private static void gridSample(OnnxNode node, Target target) {
    node.attributes.computeIfPresent(
        "mode", (name, mode) -> mode.toString().replaceFirst("^bi(linear|cubic)$", "$1"));
  }

  /** Since opset 28 floats may have the divisor's sign; {@code fmod=1} is the dividend's. */
  private static void floatingMod(OnnxNode node, Target target) {
    String x = node.inputs.get(0);
    String y = node.inputs.get(1);
    DType dtype = target.type(x).dtype();
    if (!dtype.isFloating() || node.i("fmod", 0) != 0) {
      return;
    }
    String zero =
        target.constant(node, "zero", HostTensor.full(new TensorType(dtype, Shape.SCALAR), 0));
    String r = target.emit(node, "fmod", "Mod", Attributes.of("fmod", 1), x, y);
    String negative = target.emit(node, "r_negative", "Less", Attributes.NONE, r, zero);
    String divisor = target.emit(node, "y_negative", "Less", Attributes.NONE, y, zero);
    String differ = target.emit(node, "differ", "Xor", Attributes.NONE, negative, divisor);
    String isZero = target.emit(node, "is_zero", "Equal", Attributes.NONE, r, zero);
    String nonZero = target.emit(node, "non_zero", "Not", Attributes.NONE, isZero);
    String moved = target.emit(node, "moved", "And", Attributes.NONE, differ, nonZero);
    String sum = target.emit(node, "sum", "Add", Attributes.NONE, r, y);
    become(node, "Where", moved, sum, r);
  }

  /** Opset 28 lets the channel come before the block, which older versions cannot say. */
  private static void spaceToDepth(OnnxNode node, Target target) {
    boolean channelFirst = node.s("mode", "DCR").equals("CRD");
    node.attributes.remove("mode");
    if (!channelFirst) {
      return;
    }
    String x = node.inputs.get(0);
    long[] size = target.type(x).shape().dims().stream().skip(1).mapToLong(Dim::size).toArray();
    long b = node.i("blocksize", 1);
    HostTensor blocks = HostTensor.vector(0, size[0], size[1] / b, b, size[2] / b, b);
    HostTensor result = HostTensor.vector(0, size[0] * b * b, size[1] / b, size[2] / b);
    String split =
        target.emit(
            node,
            "blocks",
            "Reshape",
            Attributes.NONE,
            x,
            target.constant(node, "block_sizes", blocks));
    String moved =
        target.emit(
            node,
            "moved",
            "Transpose",
            Attributes.of("perm", LongStream.of(0, 1, 3, 5, 2, 4).toArray()),
            split);
    become(node, "Reshape", moved, target.constant(node, "sizes", result));
  }

  /** ONNX defines it as a function: (x - mean) / (standard deviation + 1e-9). */
  private static void meanVarianceNormalization(OnnxNode node, Target target) {
    if (!node.attributes.containsKey("axes")) {
      node.attributes.put("axes", List.of(0L, 2L, 3L));
    }
    String x = node.inputs.get(0);
    String axes = target.constant(node, "axes", node.takeVector("axes"));
    DType dtype = target.type(x).dtype();
    String tiny =
        target.constant(node, "tiny", HostTensor.full(new TensorType(dtype, Shape.SCALAR), 1e-9));
    String mean = target.emit(node, "mean", "ReduceMean", Attributes.NONE, x, axes);
    String centred = target.emit(node, "centred", "Sub", Attributes.NONE, x, mean);
    String square = target.emit(node, "square", "Mul", Attributes.NONE, centred, centred);
    String variance = target.emit(node, "variance", "ReduceMean", Attributes.NONE, square, axes);
    String deviation = target.emit(node, "deviation", "Sqrt", Attributes.NONE, variance);
    String divisor = target.emit(node, "divisor", "Add", Attributes.NONE, deviation, tiny);
    become(node, "Div", centred, divisor);
  }

  private static void become(OnnxNode node, String operator, String... inputs) {
    node.operator = operator;
    node.attributes.clear();
    node.inputs.clear();
    Collections.addAll(node.inputs, inputs);
  }
}
