package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import java.util.List;

/** Puts small ONNX models together for tests, as an exporter or a person would write them. */
final class OnnxFile {
  static final int FLOAT = 1;

  final ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
  final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");

  OnnxFile(int opset) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset));
  }

  /**
   * @param dims sizes as integers, symbols as strings, an empty string for unknown
   */
  OnnxFile input(String name, Object... dims) {
    return typed(name, FLOAT, dims);
  }

  OnnxFile typed(String name, int type, Object... dims) {
    ValueInfoProto.Builder info = graph.addInputBuilder().setName(name);
    var tensor = info.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
    var shape = tensor.getShapeBuilder();
    for (Object dim : dims) {
      var d = shape.addDimBuilder();
      if (dim instanceof Integer size) {
        d.setDimValue(size);
      } else if (!dim.equals("")) {
        d.setDimParam((String) dim);
      }
    }
    return this;
  }

  OnnxFile initializer(String name, HostTensor tensor) {
    return initializer(OnnxTensors.encode(name, tensor));
  }

  OnnxFile initializer(TensorProto proto) {
    graph.addInitializer(proto);
    return this;
  }

  /** A node called after its first output. */
  OnnxFile node(String operator, List<String> in, List<String> out, AttributeProto... attributes) {
    graph.addNode(nodeProto(operator, in, out, attributes));
    return this;
  }

  OnnxFile output(String... names) {
    for (String name : names) {
      graph.addOutputBuilder().setName(name);
    }
    return this;
  }

  OnnxFile function(FunctionProto function) {
    model.addFunctions(function);
    return this;
  }

  ModelProto build() {
    return model.setGraph(graph).build();
  }

  GraphModel read() {
    return OnnxReader.read(build());
  }

  static NodeProto nodeProto(
      String operator, List<String> in, List<String> out, AttributeProto... attributes) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(in)
        .addAllOutput(out)
        .addAllAttribute(List.of(attributes))
        .build();
  }

  static AttributeProto attr(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto attr(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static AttributeProto attr(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder proto =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      proto.addInts(value);
    }
    return proto.build();
  }

  static AttributeProto floats(String name, float... values) {
    AttributeProto.Builder proto =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
    for (float value : values) {
      proto.addFloats(value);
    }
    return proto.build();
  }

  static AttributeProto tensor(String name, HostTensor value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.TENSOR)
        .setT(OnnxTensors.encode("", value))
        .build();
  }

  static AttributeProto graph(String name, GraphProto value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(value)
        .build();
  }

  /** The declaration of a value, without a type. */
  static ValueInfoProto declared(String name) {
    return ValueInfoProto.newBuilder().setName(name).build();
  }

  /** An attribute of a function's body that the call gives. */
  static AttributeProto reference(String name, String ofCall, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setRefAttrName(ofCall).setType(type).build();
  }
}
