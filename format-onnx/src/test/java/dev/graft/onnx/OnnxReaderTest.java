package dev.graft.onnx;

import static dev.graft.onnx.OnnxFile.attr;
import static dev.graft.onnx.OnnxFile.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Role;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormat;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxReaderTest {
  @TempDir Path folder;

  // --- files

  @Test
  void theFormatIsFoundOnTheClassPathAndKnowsItsFiles() throws IOException {
    ModelFormat format =
        ServiceLoader.load(ModelFormat.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(f -> f.name().equals("onnx"))
            .findFirst()
            .orElseThrow();
    Path nameless = Files.write(folder.resolve("model"), linear().build().toByteArray());
    assertTrue(format.accepts(nameless));
    assertTrue(format.accepts(folder.resolve("x.onnx")));
    assertFalse(format.accepts(Files.writeString(folder.resolve("x.txt"), "hello")));
    assertEquals(Set.of("fc.weight", "fc.bias"), format.read(nameless).parameters().names());
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    byte[] whole = linear().build().toByteArray();
    Path file = folder.resolve("cut.onnx");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> OnnxReader.read(file), "length " + length);
      assertTrue(e.getMessage().contains("cut.onnx"), e.getMessage());
    }
  }

  @Test
  void aFileOfSomethingElseIsRefusedByName() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.onnx"), "buy milk and bread\n".repeat(20));
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> OnnxReader.read(file));
    assertTrue(e.getMessage().contains("notes.onnx is not an ONNX model"), e.getMessage());
  }

  @Test
  void aDamagedFileIsReadOrRefusedButNeverFailsOtherwise() throws IOException {
    OnnxFile model = linear();
    model
        .node("Constant", List.of(), List.of("c"), OnnxFile.ints("value_ints", 0, -1))
        .node("Reshape", List.of("y", "c"), List.of("z"), attr("allowzero", 0))
        .output("z");
    byte[] whole = model.build().toByteArray();
    Path file = folder.resolve("damaged.onnx");
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] damaged = whole.clone();
      for (int k = 0; k < 1 + i % 3; k++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        OnnxReader.read(file);
      } catch (ModelFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 100, "only " + refused + " were refused");
  }

  @Test
  void anOpsetNewerThanThisCodeIsRefused() {
    ModelFormatException e =
        assertThrows(
            ModelFormatException.class,
            () ->
                new OnnxFile(99)
                    .input("x", 1)
                    .node("Relu", List.of("x"), List.of("y"))
                    .output("y")
                    .read());
    assertTrue(e.getMessage().contains("opset 99"), e.getMessage());
  }

  // --- what cannot be imported

  @Test
  void allUnsupportedNodesAreReportedAtOnce() {
    OnnxFile file = new OnnxFile(17).input("x", 2, 3).typed("s", 8, 1);
    file.node("FancyNew", List.of("x"), List.of("a"))
        .node("Relu", List.of("a"), List.of("b"))
        .node("FancyNew", List.of("b"), List.of("c"))
        .node("Loop", List.of("", "", "c"), List.of("d"))
        .node("Concat", List.of("x", "x"), List.of("e"), attr("axis", 7))
        .output("d", "e");
    file.graph.addNode(
        OnnxFile.nodeProto("FusedConv", List.of("d"), List.of("f")).toBuilder()
            .setDomain("com.microsoft")
            .setName("fused"));
    String message = assertThrows(ModelFormatException.class, file::read).getMessage();
    assertTrue(
        message.contains("FancyNew is not an operator that Graft has; nodes 'a', 'c'"), message);
    assertTrue(message.contains("Loop is control flow") && message.contains("'d'"), message);
    assertTrue(message.contains("com.microsoft.FusedConv") && message.contains("'fused'"), message);
    assertTrue(message.contains("Concat") && message.contains("'e'"), message);
    assertTrue(message.contains("input 's' has the element type STRING"), message);
    assertFalse(message.contains("Relu"), message);
  }

  @Test
  void anInputWithoutRankIsRefused() {
    OnnxFile file = new OnnxFile(17).node("Relu", List.of("x"), List.of("y")).output("y");
    file.graph
        .addInputBuilder()
        .setName("x")
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(1);
    String message = assertThrows(ModelFormatException.class, file::read).getMessage();
    assertTrue(message.contains("input 'x' has no shape"), message);
  }

  @Test
  void nodesThatDependOnThemselvesAndMissingOutputsAreReported() {
    OnnxFile file = new OnnxFile(17).input("x", 2);
    file.node("Add", List.of("x", "b"), List.of("a"))
        .node("Relu", List.of("a"), List.of("b"))
        .output("b", "nowhere");
    String message = assertThrows(ModelFormatException.class, file::read).getMessage();
    assertTrue(message.contains("depends on itself; nodes 'a', 'b'"), message);
    assertTrue(message.contains("'nowhere'"), message);
  }

  // --- names and shapes

  @Test
  void namesAndSymbolsSurviveAndUnnamedNodesAreCalledAfterTheirOutput() {
    Graph graph = linear().read().graph();
    assertEquals("[batch, 3]", graph.type("x").shape().toString());
    assertEquals("[batch, 2]", graph.type("y").shape().toString());
    assertEquals("y", graph.nodes().get(0).name());
    Graph unknown =
        new OnnxFile(17)
            .input("x", "", 3, -1)
            .node("Relu", List.of("x"), List.of("y"))
            .output("y")
            .read()
            .graph();
    assertEquals("[x_dim0, 3, x_dim2]", unknown.type("y").shape().toString());
  }

  @Test
  void nodesInAnyOrderAreSorted() {
    Graph graph =
        new OnnxFile(17)
            .input("x", 2)
            .node("Relu", List.of("a"), List.of("y"))
            .node("Tanh", List.of("x"), List.of("a"))
            .output("y")
            .read()
            .graph();
    assertEquals(List.of("a", "y"), graph.nodes().stream().map(Node::name).toList());
  }

  @Test
  void generatedNamesNeverTakeThoseOfTheFile() {
    Graph graph =
        new OnnxFile(11)
            .input("x", 2, 3)
            .node("ReduceMean", List.of("x"), List.of("m"), OnnxFile.ints("axes", 1))
            .node("Tanh", List.of("m"), List.of("m/axes"))
            .output("m/axes")
            .read()
            .graph();
    assertEquals("Tanh", graph.producer("m/axes").orElseThrow().operator().name());
  }

  // --- parameters and constants

  @Test
  void floatingInitialisersAreParametersUnlessTheirPlaceSaysOtherwise() {
    GraphModel model =
        new OnnxFile(17)
            .input("x", 1, 2, 4, 4)
            .initializer("w", HostTensor.of(new float[8], 4, 2, 1, 1))
            .initializer("scales", HostTensor.of(new float[] {1, 1, 2, 2}, 4))
            .initializer("low", HostTensor.scalar(0f))
            .initializer("m.logit_scale", HostTensor.scalar(2.5f))
            .initializer("half", HostTensor.scalar(0.5f))
            .initializer("unread", HostTensor.of(new float[3], 3))
            .node("Conv", List.of("x", "w"), List.of("a"))
            .node("Resize", List.of("a", "", "scales"), List.of("b"))
            .node("Clip", List.of("b", "low"), List.of("c"))
            .node("Mul", List.of("c", "m.logit_scale"), List.of("d"))
            .node("Mul", List.of("d", "half"), List.of("y"))
            .output("y")
            .read();
    assertEquals(Set.of("w", "m.logit_scale"), model.parameters().names());
    assertEquals(Set.of("scales", "low", "half"), model.graph().constants().keySet());
  }

  @Test
  void constantNodesAreConstantsUnlessTheyAreWeights() {
    HostTensor weight = HostTensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    GraphModel model =
        new OnnxFile(13)
            .input("x", 5, 2)
            .node("Constant", List.of(), List.of("w"), tensor("value", weight))
            .node("Constant", List.of(), List.of("two"), attr("value_float", 2f))
            .node("Constant", List.of(), List.of("axes"), OnnxFile.ints("value_ints", 0))
            .node("MatMul", List.of("x", "w"), List.of("a"))
            .node("Mul", List.of("a", "two"), List.of("b"))
            .node("Unsqueeze", List.of("b", "axes"), List.of("y"))
            .output("y")
            .read();
    assertEquals(weight, model.parameters().get("w"));
    assertEquals(HostTensor.scalar(2f), model.graph().constants().get("two"));
    assertEquals("[1, 5, 2]", model.graph().type("y").shape().toString());
  }

  @Test
  void initialisersThatAreAlsoListedAsInputsAreNotInputs() {
    OnnxFile file = linear();
    file.input("fc.weight", 2, 3).input("fc.bias", 2);
    GraphModel model = file.read();
    assertEquals(1, model.graph().inputs(Role.BATCH).size());
    assertEquals(2, model.graph().inputs(Role.STATE).size());
  }

  @Test
  void equalVectorsOfOnesComeApartAndOtherSharedInitialisersStayTied() {
    HostTensor ones = HostTensor.of(new float[] {1, 1}, 2);
    HostTensor shared = HostTensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    GraphModel model =
        new OnnxFile(17)
            .input("x", 5, 2)
            .initializer("norm1.weight", ones)
            .initializer("fc1.weight", shared)
            .node("Identity", List.of("norm1.weight"), List.of("norm2.weight"))
            .node("Identity", List.of("fc1.weight"), List.of("fc2.weight"))
            .node("Mul", List.of("x", "norm1.weight"), List.of("a"))
            .node("Mul", List.of("a", "norm2.weight"), List.of("b"))
            .node("MatMul", List.of("b", "fc1.weight"), List.of("c"))
            .node("MatMul", List.of("c", "fc2.weight"), List.of("y"))
            .output("y")
            .read();
    assertEquals(Set.of("norm1.weight", "norm2.weight", "fc1.weight"), model.parameters().names());
    assertEquals("Identity", model.graph().producer("fc2.weight").orElseThrow().operator().name());
  }

  @Test
  void settingsBehindAnIdentityAreConstants() {
    GraphModel model =
        new OnnxFile(17)
            .input("x", 1, 1, 2, 2)
            .initializer("s", HostTensor.of(new float[] {1, 1, 2, 2}, 4))
            .node("Identity", List.of("s"), List.of("t"))
            .node("Resize", List.of("x", "", "t"), List.of("y"))
            .output("y")
            .read();
    assertTrue(model.parameters().names().isEmpty());
    assertEquals("[1, 1, 4, 4]", model.graph().type("y").shape().toString());
  }

  @Test
  void sparseInitialisersAreWrittenOut() {
    OnnxFile file = new OnnxFile(17).input("x", 2, 3);
    file.graph.addSparseInitializer(
        SparseTensorProto.newBuilder()
            .setValues(OnnxTensors.encode("w", HostTensor.of(new float[] {5, 7}, 2)))
            .setIndices(OnnxTensors.encode("", HostTensor.of(new long[] {0, 1, 2, 0}, 2, 2)))
            .addDims(3)
            .addDims(2));
    GraphModel model = file.node("MatMul", List.of("x", "w"), List.of("y")).output("y").read();
    assertEquals(HostTensor.of(new float[] {0, 5, 0, 0, 7, 0}, 3, 2), model.parameters().get("w"));
  }

  @Test
  void stringsAreRefusedOnlyWhereSomethingReadsThem() {
    OnnxFile file = linear();
    TensorProto words =
        TensorProto.newBuilder()
            .setName("words")
            .setDataType(8)
            .addDims(1)
            .addStringData(ByteString.copyFromUtf8("hello"))
            .build();
    file.initializer(words);
    assertEquals(2, file.read().parameters().names().size());
    file.node("Identity", List.of("words"), List.of("w2")).output("w2");
    String message = assertThrows(ModelFormatException.class, file::read).getMessage();
    assertTrue(message.contains("STRING") && message.contains("words"), message);
  }

  // --- functions and branches

  @Test
  void localFunctionsAreInlinedWithTheirAttributesAndScopes() {
    FunctionProto inner =
        FunctionProto.newBuilder()
            .setDomain("local")
            .setName("Leak")
            .addInput("v")
            .addOutput("r")
            .addAttribute("slope")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .addNode(
                OnnxFile.nodeProto(
                    "LeakyRelu",
                    List.of("v"),
                    List.of("r"),
                    OnnxFile.reference("alpha", "slope", AttributeType.FLOAT)))
            .build();
    FunctionProto outer =
        FunctionProto.newBuilder()
            .setDomain("local")
            .setName("Block")
            .addInput("u")
            .addInput("weight")
            .addOutput("out")
            .addOutput("same")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .addNode(OnnxFile.nodeProto("MatMul", List.of("u", "weight"), List.of("t")))
            .addNode(
                OnnxFile.nodeProto("Leak", List.of("t"), List.of("out"), attr("slope", 0.25f))
                    .toBuilder()
                    .setDomain("local"))
            .addNode(OnnxFile.nodeProto("Identity", List.of("u"), List.of("same")))
            .build();
    OnnxFile file =
        new OnnxFile(17).input("x", "N", 2).initializer("w", HostTensor.of(new float[4], 2, 2));
    file.function(inner).function(outer);
    for (int i = 0; i < 2; i++) {
      file.graph.addNode(
          OnnxFile.nodeProto("Block", List.of(i == 0 ? "x" : "h0", "w"), List.of("h" + i, "s" + i))
              .toBuilder()
              .setDomain("local")
              .setName("block" + i));
    }
    GraphModel model = file.output("h1", "s1").read();
    assertEquals(Set.of("w"), model.parameters().names());
    Node leak = model.graph().producer("h1").orElseThrow();
    assertEquals("LeakyRelu", leak.operator().name());
    assertEquals(0.25, leak.attributes().f("alpha", 0));
    assertEquals("block1/out/r", leak.name());
    assertTrue(model.graph().has("block0/t") && model.graph().has("block1/t"));
  }

  @Test
  void anIfWithAKnownConditionBecomesItsBranch() {
    GraphProto yes =
        GraphProto.newBuilder()
            .addNode(OnnxFile.nodeProto("Relu", List.of("x"), List.of("r")))
            .addOutput(OnnxFile.declared("r"))
            .build();
    GraphProto no =
        GraphProto.newBuilder()
            .addNode(OnnxFile.nodeProto("Unheard", List.of("x"), List.of("q")))
            .addOutput(OnnxFile.declared("q"))
            .build();
    OnnxFile file = new OnnxFile(17).input("x", 1, 4);
    file.node("Shape", List.of("x"), List.of("shape"))
        .initializer("first", HostTensor.scalar(0L))
        .initializer("one", HostTensor.scalar(1L))
        .node("Gather", List.of("shape", "first"), List.of("size"))
        .node("Equal", List.of("size", "one"), List.of("is_one"))
        .node(
            "If",
            List.of("is_one"),
            List.of("y"),
            OnnxFile.graph("then_branch", yes),
            OnnxFile.graph("else_branch", no))
        .output("y");
    Graph graph = file.read().graph();
    assertEquals(
        List.of("Relu", "Identity"), graph.nodes().stream().map(n -> n.operator().name()).toList());

    OnnxFile open = new OnnxFile(17).input("x", 1, 4).typed("c", 9);
    open.node(
            "If",
            List.of("c"),
            List.of("y"),
            OnnxFile.graph("then_branch", yes),
            OnnxFile.graph("else_branch", no))
        .output("y");
    String message = assertThrows(ModelFormatException.class, open::read).getMessage();
    assertTrue(message.contains("If has a condition that is known only at run time"), message);
  }

  @Test
  void functionsAreInlinedInsideABranch() {
    FunctionProto twice =
        FunctionProto.newBuilder()
            .setDomain("local")
            .setName("Twice")
            .addInput("v")
            .addOutput("r")
            .addNode(OnnxFile.nodeProto("Add", List.of("v", "v"), List.of("r")))
            .build();
    GraphProto yes =
        GraphProto.newBuilder()
            .addNode(
                OnnxFile.nodeProto("Twice", List.of("x"), List.of("r")).toBuilder()
                    .setDomain("local"))
            .addOutput(OnnxFile.declared("r"))
            .build();
    Graph graph =
        new OnnxFile(17)
            .function(twice)
            .input("x", 1, 4)
            .initializer("yes", HostTensor.of(new boolean[] {true}, 1))
            .node("If", List.of("yes"), List.of("y"), OnnxFile.graph("then_branch", yes))
            .output("y")
            .read()
            .graph();
    assertEquals("Add", graph.producer("r").orElseThrow().operator().name());
  }

  // --- external data

  @Test
  void externalDataIsReadByPlaceAndLength() throws IOException {
    byte[] data = new byte[100];
    HostTensor weight = HostTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    weight.bytes().get(data, 40, 24);
    Files.write(folder.resolve("weights.bin"), data);
    Path file = external("weights.bin", "40");
    assertEquals(weight, OnnxReader.read(file).parameters().get("fc.weight"));
  }

  @Test
  void externalDataOutsideTheFolderIsRefused() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Files.write(folder.resolve("secret.bin"), new byte[24]);
    Files.createSymbolicLink(inner.resolve("link.bin"), folder.resolve("secret.bin"));
    for (String location : List.of("../secret.bin", folder + "/secret.bin", "link.bin", "")) {
      Path file = external(location, "0");
      Path moved = Files.copy(file, inner.resolve("m" + location.length() + ".onnx"));
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> OnnxReader.read(moved), location);
      assertTrue(e.getMessage().contains("fc.weight"), e.getMessage());
    }
  }

  @Test
  void missingAndShortExternalDataIsNamed() throws IOException {
    Path missing = external("absent.bin", "0");
    assertTrue(
        assertThrows(ModelFormatException.class, () -> OnnxReader.read(missing))
            .getMessage()
            .contains("absent.bin"));
    Files.write(folder.resolve("short.bin"), new byte[30]);
    Path truncated = external("short.bin", "8");
    assertTrue(
        assertThrows(ModelFormatException.class, () -> OnnxReader.read(truncated))
            .getMessage()
            .contains("truncated"));
  }

  private Path external(String location, String offset) throws IOException {
    OnnxFile file = linear();
    TensorProto weight =
        OnnxTensors.header("fc.weight", file.read().parameters().get("fc.weight").type())
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(OnnxWriter.entry("location", location))
            .addExternalData(OnnxWriter.entry("offset", offset))
            .addExternalData(OnnxWriter.entry("length", "24"))
            .build();
    file.graph.setInitializer(0, weight);
    ModelProto proto = file.build();
    return Files.write(
        folder.resolve("external" + location.length() + ".onnx"), proto.toByteArray());
  }

  /** y = x W' + b, batch open. */
  private static OnnxFile linear() {
    return new OnnxFile(17)
        .input("x", "batch", 3)
        .initializer("fc.weight", HostTensor.of(new float[6], 2, 3))
        .initializer("fc.bias", HostTensor.of(new float[2], 2))
        .node("Gemm", List.of("x", "fc.weight", "fc.bias"), List.of("y"), attr("transB", 1))
        .output("y");
  }

  @Test
  void fixedInputsBecomeConstants() throws IOException {
    OnnxFile file =
        new OnnxFile(17)
            .input("x", 2, 6)
            .typed("shape", 7, 3)
            .node("Reshape", List.of("x", "shape"), List.of("y"))
            .output("y");
    Path path = Files.write(folder.resolve("reshape.onnx"), file.build().toByteArray());
    Graph graph = OnnxReader.read(path, Map.of("shape", HostTensor.vector(3, 2, 2))).graph();
    assertEquals(TensorType.of(DType.FLOAT32, 3, 2, 2), graph.type("y"));
    assertEquals(1, graph.inputs().size());
  }
}
