package dev.graft.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Operator;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
  private static final TensorType WEIGHT = TensorType.of(DType.FLOAT32, 3, 400);

  @TempDir Path folder;

  @Test
  void aGraphSurvivesAFileWithItsSymbolsAttributesAndConstants() throws IOException {
    GraphModel model = model();
    Path file = folder.resolve("m.onnx");
    OnnxWriter.STANDARD.write(model, file);
    GraphModel read = OnnxReader.read(file);
    GraphEquality.assertSame(model.graph(), read.graph());
    assertEquals(model.parameters().asMap(), read.parameters().asMap());
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(file));
    assertEquals(21, proto.getOpsetImport(0).getVersion());
    assertEquals(10, proto.getIrVersion());
    assertEquals(
        "batch",
        proto.getGraph().getInput(0).getType().getTensorType().getShape().getDim(0).getDimParam());
    assertEquals(List.of("m.onnx"), names());
  }

  @Test
  void equalModelsGiveEqualFiles() throws IOException {
    OnnxWriter.STANDARD.write(model(), folder.resolve("a.onnx"));
    OnnxWriter.STANDARD.write(model(), folder.resolve("b.onnx"));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("a.onnx")), Files.readAllBytes(folder.resolve("b.onnx")));
  }

  @Test
  void weightsPastTheLimitGoToAFileOfTheirOwn() throws IOException {
    GraphModel model = model();
    Path file = folder.resolve("large.onnx");
    OnnxWriter.STANDARD.withInlineLimit(1000).write(model, file);
    assertEquals(List.of("large.onnx", "large.onnx.data"), names());
    assertTrue(Files.size(file) < 2000);
    GraphModel read = OnnxReader.read(file);
    GraphEquality.assertSame(model.graph(), read.graph());
    assertEquals(model.parameters().asMap(), read.parameters().asMap());
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNoOther() throws IOException {
    Path file = folder.resolve("m.onnx");
    OnnxWriter.STANDARD.write(model(), file);
    byte[] before = Files.readAllBytes(file);
    for (long limit : new long[] {0, Long.MAX_VALUE}) {
      OnnxWriter writer = OnnxWriter.STANDARD.withInlineLimit(limit);
      assertThrows(ModelFormatException.class, () -> writer.write(unwritable(), file));
    }
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(List.of("m.onnx"), names());
  }

  @Test
  void stateGoesWhereItIsPlaced() {
    GraphModel model = model();
    ModelProto inputs =
        OnnxWriter.STANDARD.withInputs(Set.of("weight")).toProto(model.graph(), model.parameters());
    assertEquals(2, inputs.getGraph().getInputCount());
    assertTrue(initializers(inputs).stream().noneMatch(t -> t.getName().equals("weight")));
    ModelProto absent =
        OnnxWriter.STANDARD
            .withPlacement(name -> Placement.EXTERNAL)
            .toProto(model.graph(), ParameterStore.EMPTY);
    TensorProto weight =
        initializers(absent).stream().filter(t -> t.getName().equals("weight")).findFirst().get();
    assertEquals(TensorProto.DataLocation.EXTERNAL, weight.getDataLocation());
    assertEquals(0, weight.getRawData().size());
  }

  @Test
  void updatesAreOutputsOnlyWhenAskedForAndNeverTwice() {
    GraphBuilder b = new GraphBuilder();
    Value x = b.input("x", TensorType.of(DType.FLOAT32, 2));
    Value state = b.parameter("s", TensorType.of(DType.FLOAT32, 2));
    Value sum = state.add(x);
    Graph graph = b.output(sum, "out").update("s", b.value("out")).build();
    ParameterStore store = ParameterStore.of(Map.of("s", HostTensor.of(new float[2], 2)));
    assertEquals(
        1, OnnxWriter.STANDARD.withUpdates().toProto(graph, store).getGraph().getOutputCount());
    Graph other = b.update("s", sum).build();
    assertEquals(1, OnnxWriter.STANDARD.toProto(other, store).getGraph().getOutputCount());
    assertEquals(
        2, OnnxWriter.STANDARD.withUpdates().toProto(other, store).getGraph().getOutputCount());
  }

  @Test
  void operatorsOfGraftsOwnAreTakenApartInFilesAndRefusedInMessages() {
    GraphBuilder b = new GraphBuilder();
    Value x = b.input("x", TensorType.of(DType.FLOAT32, 2, 3));
    Value y = b.op("ReluGradient", x, x);
    Graph graph = b.output(y).build();
    ModelFormatException e =
        assertThrows(
            ModelFormatException.class,
            () -> OnnxWriter.STANDARD.toProto(graph, ParameterStore.EMPTY));
    assertTrue(e.getMessage().contains("ReluGradient (node '" + y.name() + "')"), e.getMessage());
    Graph decomposed = OnnxWriter.decompose(graph);
    assertTrue(decomposed.nodes().stream().allMatch(n -> OnnxWriter.isWritable(n.operator())));
    assertEquals(graph.outputs(), decomposed.outputs());
    assertFalse(decomposed.nodes().isEmpty());
  }

  private static List<TensorProto> initializers(ModelProto proto) {
    return proto.getGraph().getInitializerList();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  /** With every kind of attribute, an integer, a boolean and a floating constant. */
  private static GraphModel model() {
    GraphBuilder b = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(3)));
    Value x = b.input("x", new TensorType(DType.FLOAT32, shape));
    Value w = b.parameter("weight", WEIGHT);
    Value scale = b.parameter("scale", TensorType.of(DType.FLOAT32));
    Value hidden = b.op("Gemm", Attributes.of("alpha", 0.5), x, w).mul(scale);
    Value table = b.constant("table", HostTensor.of(new float[400], 400));
    Value mask = b.constant("mask", HostTensor.of(new boolean[400], 400));
    Value masked = mask.where(hidden, table);
    Value half = masked.cast(DType.FLOAT16).transpose(1, 0);
    b.output(half, "y").output(masked.sum(false, 1), "sums");
    return new GraphModel(
        b.build(),
        ParameterStore.of(
            Map.of(
                "weight", HostTensor.fromDoubles(WEIGHT, i -> i), "scale", HostTensor.scalar(3f))));
  }

  /** A row that has neither a place in the opset nor a decomposition exists in no table. */
  private static GraphModel unwritable() {
    GraphBuilder b = new GraphBuilder();
    Value x = b.input("x", TensorType.of(DType.FLOAT32, 2));
    Operator row = Operator.of("Secret", Operator.GRAFT, 1, 1, n -> List.of(n.type(0)));
    b.node(new Node("secret", row, List.of("x"), List.of("y"), Attributes.NONE));
    return new GraphModel(b.output(b.value("y")).build(), ParameterStore.EMPTY);
  }
}
