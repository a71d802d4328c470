package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import dev.graft.graph.Attributes;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.HostTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node on its way from a file to the graph; adapters change it to the pinned opset. */
final class OnnxNode {
  final String name;
  final int opset;
  final List<String> inputs;
  final List<String> outputs;
  final Map<String, Object> attributes;
  String operator;

  private OnnxNode(
      String name,
      String operator,
      int opset,
      List<String> inputs,
      List<String> outputs,
      Map<String, Object> attributes) {
    this.name = name;
    this.operator = operator;
    this.opset = opset;
    this.inputs = new ArrayList<>(inputs);
    this.outputs = new ArrayList<>(outputs);
    this.attributes = attributes;
  }

  /**
   * @param opset of the model or function that the node stands in
   * @throws ModelFormatException if an attribute has a type that graphs do not have
   */
  static OnnxNode of(NodeProto proto, int opset, ExternalData external) throws IOException {
    String name = name(proto);
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (AttributeProto attribute : proto.getAttributeList()) {
      String what =
          "attribute '" + attribute.getName() + "' of " + proto.getOpType() + " '" + name + "'";
      Object value = value(attribute, what, external);
      if (value instanceof Long number && OnnxTypes.isDTypeAttribute(attribute.getName())) {
        if (number == 0) {
          continue; // undefined: as if it were absent
        }
        value =
            OnnxTypes.dtype(number)
                .orElseThrow(
                    () ->
                        new ModelFormatException(
                            what
                                + " is the element type "
                                + OnnxTypes.describe(number)
                                + ", which Graft does not have"))
                .name();
      }
      attributes.put(attribute.getName(), value);
    }
    // Only the first versions of some operators have it, and it never meant anything.
    attributes.remove("consumed_inputs");
    return new OnnxNode(
        name, proto.getOpType(), opset, proto.getInputList(), proto.getOutputList(), attributes);
  }

  /** The node's name; that of its first output if the file gives none. */
  static String name(NodeProto proto) {
    if (!proto.getName().isEmpty()) {
      return proto.getName();
    }
    return proto.getOutputList().stream()
        .filter(o -> !o.isEmpty())
        .findFirst()
        .orElse(proto.getOpType());
  }

  private static Object value(AttributeProto a, String what, ExternalData external)
      throws IOException {
    return switch (type(a)) {
      case FLOAT -> (double) a.getF();
      case INT -> a.getI();
      case STRING -> a.getS().toStringUtf8();
      case TENSOR -> OnnxTensors.decode(a.getT(), what, external);
      case SPARSE_TENSOR -> SparseTensors.decode(a.getSparseTensor(), what, external);
      case FLOATS -> a.getFloatsList().stream().map(f -> (double) f).toList();
      case INTS -> List.copyOf(a.getIntsList());
      case STRINGS -> a.getStringsList().stream().map(ByteString::toStringUtf8).toList();
      default -> throw new ModelFormatException(what + " has the unsupported type " + a.getType());
    };
  }

  /** The type that is stated, or for very old files the one of the field that is set. */
  private static AttributeProto.AttributeType type(AttributeProto a) {
    if (a.hasType()) {
      return a.getType();
    }
    if (a.hasF()) {
      return AttributeProto.AttributeType.FLOAT;
    }
    if (a.hasS()) {
      return AttributeProto.AttributeType.STRING;
    }
    if (a.hasT()) {
      return AttributeProto.AttributeType.TENSOR;
    }
    if (a.getFloatsCount() > 0) {
      return AttributeProto.AttributeType.FLOATS;
    }
    if (a.getStringsCount() > 0) {
      return AttributeProto.AttributeType.STRINGS;
    }
    return a.hasI() ? AttributeProto.AttributeType.INT : AttributeProto.AttributeType.INTS;
  }

  boolean has(int input) {
    return input < inputs.size() && !inputs.get(input).isEmpty();
  }

  /** Sets an input, putting empty names before it where needed. */
  void input(int i, String value) {
    while (inputs.size() <= i) {
      inputs.add("");
    }
    inputs.set(i, value);
  }

  long i(String attribute, long otherwise) {
    return attributes.get(attribute) instanceof Long v ? v : otherwise;
  }

  double f(String attribute, double otherwise) {
    return attributes.get(attribute) instanceof Double v ? v : otherwise;
  }

  String s(String attribute, String otherwise) {
    return attributes.get(attribute) instanceof String v ? v : otherwise;
  }

  /** Removes an attribute that is a list of integers and gives it as a vector. */
  HostTensor takeVector(String attribute) {
    Object value = attributes.remove(attribute);
    if (!(value instanceof List<?> list)) {
      throw new ModelFormatException("has no attribute '" + attribute + "'");
    }
    return HostTensor.vector(list.stream().mapToLong(v -> (Long) v).toArray());
  }

  Attributes attributes() {
    return Attributes.of(attributes);
  }

  /** For messages. */
  String describe() {
    return operator + " (node '" + name + "')";
  }
}
