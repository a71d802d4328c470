package dev.graft.onnx;

import static dev.graft.onnx.OnnxFile.attr;
import static dev.graft.onnx.OnnxFile.floats;
import static dev.graft.onnx.OnnxFile.ints;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpsetAdaptersTest {
  @ParameterizedTest
  @ValueSource(strings = {"ReduceMean", "ReduceMax", "ReduceSum", "ReduceL2", "ReduceProd"})
  void axesOfReductionsBecomeAnInput(String operator) {
    Graph graph = read(11, operator, ints("axes", 1, 2), attr("keepdims", 0));
    Node node = only(graph, operator);
    assertArrayEquals(new long[] {1, 2}, constant(graph, node, 1));
    assertFalse(node.attributes().has("axes"));
    assertEquals(TensorType.of(DType.FLOAT32, 2, 5), graph.type("y"));
  }

  @Test
  void axesOfReductionsStayWhereTheOpsetHasThemAsInputs() {
    Graph graph =
        new OnnxFile(18)
            .input("x", 2, 3, 4, 5)
            .initializer("axes", HostTensor.vector(-1))
            .node("ReduceMean", List.of("x", "axes"), List.of("y"))
            .output("y")
            .read()
            .graph();
    assertEquals(TensorType.of(DType.FLOAT32, 2, 3, 4, 1), graph.type("y"));
  }

  @Test
  void squeezeUnsqueezeAndSplitTakeTheirAxesAndSizesAsInputs() {
    Graph graph =
        new OnnxFile(11)
            .input("x", 2, 6)
            .node("Unsqueeze", List.of("x"), List.of("u"), ints("axes", 0))
            .node("Squeeze", List.of("u"), List.of("s"), ints("axes", 0))
            .node("Split", List.of("s"), List.of("a", "b"), attr("axis", 1), ints("split", 2, 4))
            .output("a", "b")
            .read()
            .graph();
    assertEquals(TensorType.of(DType.FLOAT32, 1, 2, 6), graph.type("u"));
    assertEquals(TensorType.of(DType.FLOAT32, 2, 6), graph.type("s"));
    assertEquals(TensorType.of(DType.FLOAT32, 2, 4), graph.type("b"));
  }

  @Test
  void modesOfGridSampleAreRenamed() {
    Graph graph =
        new OnnxFile(16)
            .input("x", 1, 2, 4, 4)
            .input("grid", 1, 3, 3, 2)
            .node("GridSample", List.of("x", "grid"), List.of("y"), attr("mode", "bilinear"))
            .output("y")
            .read()
            .graph();
    assertEquals("linear", only(graph, "GridSample").attributes().s("mode", ""));
  }

  @Test
  void splitWithoutSizesSaysHowManyParts() {
    Graph graph =
        new OnnxFile(13)
            .input("x", 2, 6)
            .node("Split", List.of("x"), List.of("a", "b", "c"), attr("axis", 1))
            .output("c")
            .read()
            .graph();
    assertEquals(3, only(graph, "Split").attributes().i("num_outputs", 0));
  }

  @Test
  void clipBoundsBecomeScalarsAndOpenBoundsVanish() {
    Graph graph = read(6, "Clip", attr("min", 0f), attr("max", Float.MAX_VALUE));
    Node node = only(graph, "Clip");
    assertEquals(2, node.inputs().size());
    assertEquals(HostTensor.scalar(0f), graph.constants().get(node.inputs().get(1)));
  }

  @Test
  void softmaxBeforeOpset13TakesAllLastAxesTogether() {
    Graph graph = read(11, "Softmax", attr("axis", 2));
    Node softmax = only(graph, "Softmax");
    assertEquals(1, softmax.attributes().i("axis", 0));
    assertEquals(TensorType.of(DType.FLOAT32, 6, 20), graph.type(softmax.inputs().get(0)));
    assertEquals(TensorType.of(DType.FLOAT32, 2, 3, 4, 5), graph.type("y"));
  }

  @Test
  void softmaxBeforeOpset13OverTheLastAxisStaysOneNode() {
    Graph graph = read(11, "LogSoftmax", attr("axis", 3));
    assertEquals(1, graph.nodes().size());
    assertEquals(3, only(graph, "LogSoftmax").attributes().i("axis", 0));
  }

  @Test
  void softmaxBeforeOpset13OverChannelsOfOnePixelStaysOneNode() {
    Graph graph =
        new OnnxFile(9)
            .input("x", "batch", 1000, 1, 1)
            .node("Softmax", List.of("x"), List.of("y"))
            .output("y")
            .read()
            .graph();
    assertEquals(1, graph.nodes().size());
    assertEquals(1, graph.nodes().get(0).attributes().i("axis", 0));
  }

  @Test
  void softmaxBeforeOpset13KeepsTheSymbolicBatch() {
    Graph graph =
        new OnnxFile(9)
            .input("x", "batch", 8, 7)
            .node("Softmax", List.of("x"), List.of("y"))
            .output("y")
            .read()
            .graph();
    Shape shape = graph.type("y").shape();
    assertEquals(new Shape(List.of(Dim.symbol("batch"), Dim.of(8), Dim.of(7))), shape);
  }

  @Test
  void upsampleBecomesResizeWithItsOwnWayOfMapping() {
    Graph graph = read(7, "Upsample", attr("mode", "nearest"), floats("scales", 1, 1, 2, 3));
    Node node = only(graph, "Resize");
    assertEquals("asymmetric", node.attributes().s("coordinate_transformation_mode", ""));
    assertEquals("floor", node.attributes().s("nearest_mode", ""));
    assertEquals(TensorType.of(DType.FLOAT32, 2, 3, 8, 15), graph.type("y"));
  }

  @Test
  void resizeOfOpset10AndItsEmptySettingsOfOpset11AreBroughtUp() {
    HostTensor scales = HostTensor.of(new float[] {1, 1, 2, 2}, 4);
    Graph ten =
        new OnnxFile(10)
            .input("x", 1, 1, 2, 2)
            .initializer("scales", scales)
            .node("Resize", List.of("x", "scales"), List.of("y"), attr("mode", "linear"))
            .output("y")
            .read()
            .graph();
    assertEquals(TensorType.of(DType.FLOAT32, 1, 1, 4, 4), ten.type("y"));
    Graph eleven =
        new OnnxFile(11)
            .input("x", 1, 1, 2, 2)
            .initializer("none", HostTensor.of(new float[0], 0))
            .initializer("sizes", HostTensor.vector(1, 1, 6, 8))
            .node("Resize", List.of("x", "none", "none", "sizes"), List.of("y"))
            .output("y")
            .read()
            .graph();
    assertEquals(List.of("x", "", "", "sizes"), only(eleven, "Resize").inputs());
    assertEquals(TensorType.of(DType.FLOAT32, 1, 1, 6, 8), eleven.type("y"));
  }

  @Test
  void padSliceAndTopKTakeTheirSettingsAsInputs() {
    Graph padded = read(10, "Pad", ints("pads", 0, 0, 1, 1, 0, 0, 1, 1), attr("value", 2f));
    assertEquals(TensorType.of(DType.FLOAT32, 2, 3, 6, 7), padded.type("y"));
    Node pad = only(padded, "Pad");
    assertEquals(HostTensor.scalar(2f), padded.constants().get(pad.inputs().get(2)));

    Graph sliced = read(9, "Slice", ints("starts", 1), ints("ends", 3), ints("axes", 2));
    assertEquals(TensorType.of(DType.FLOAT32, 2, 3, 2, 5), sliced.type("y"));

    Graph top =
        new OnnxFile(9)
            .input("x", 4, 5)
            .node("TopK", List.of("x"), List.of("v", "i"), attr("k", 2), attr("axis", 1))
            .output("v", "i")
            .read()
            .graph();
    assertEquals(TensorType.of(DType.INT64, 4, 2), top.type("i"));
  }

  @Test
  void dropoutKeepsItsRatioAndLosesTheMaskThatNothingReads() {
    Graph graph =
        new OnnxFile(7)
            .input("x", 2, 3)
            .node("Dropout", List.of("x"), List.of("y", "mask"), attr("ratio", 0.25f))
            .output("y")
            .read()
            .graph();
    Node node = only(graph, "Dropout");
    assertEquals(List.of("y"), node.outputs());
    assertEquals(HostTensor.scalar(0.25f), graph.constants().get(node.inputs().get(1)));
  }

  @Test
  void batchNormalizationLosesUnreadTrainingOutputsAndRefusesReadOnes() {
    OnnxFile file =
        new OnnxFile(9)
            .input("x", "N", 2)
            .initializer("s", vector("s"))
            .initializer("b", vector("b"));
    file.initializer("m", vector("m")).initializer("v", vector("v"));
    file.node(
            "BatchNormalization",
            List.of("x", "s", "b", "m", "v"),
            List.of("y", "mean", "var", "sm", "sv"),
            attr("epsilon", 1e-3f))
        .output("y");
    assertEquals(List.of("y"), only(file.read().graph(), "BatchNormalization").outputs());
    file.output("mean");
    ModelFormatException e = assertThrows(ModelFormatException.class, file::read);
    assertTrue(e.getMessage().contains("'mean'"), e.getMessage());
  }

  @Test
  void groupNormalizationBeforeOpset21GetsAScaleForEachChannel() {
    Graph graph =
        new OnnxFile(18)
            .input("x", "N", 6, 4)
            .initializer("scale", HostTensor.of(new float[] {1, 2}, 2))
            .initializer("bias", HostTensor.of(new float[] {3, 4}, 2))
            .node(
                "GroupNormalization",
                List.of("x", "scale", "bias"),
                List.of("y"),
                attr("num_groups", 2))
            .output("y")
            .read()
            .graph();
    Node node = only(graph, "GroupNormalization");
    assertEquals(TensorType.of(DType.FLOAT32, 6), graph.type(node.inputs().get(1)));
    assertEquals(TensorType.of(DType.FLOAT32, 6), graph.type(node.inputs().get(2)));
  }

  @Test
  void castSaysItsTypeByNameAndCastLikeBecomesACast() {
    assertEquals("FLOAT16", only(read(9, "Cast", attr("to", 10)), "Cast").attributes().s("to", ""));
    Graph like =
        new OnnxFile(15)
            .input("x", 2)
            .typed("t", 7, 1)
            .node("CastLike", List.of("x", "t"), List.of("y"))
            .output("y")
            .read()
            .graph();
    assertEquals(TensorType.of(DType.INT64, 2), like.type("y"));
  }

  @Test
  void scatterHasANewName() {
    Graph graph =
        new OnnxFile(9)
            .input("x", 3, 3)
            .typed("i", 7, 1, 3)
            .input("u", 1, 3)
            .node("Scatter", List.of("x", "i", "u"), List.of("y"))
            .output("y")
            .read()
            .graph();
    assertNotNull(only(graph, "ScatterElements"));
  }

  @Test
  void floatingModWithTheDivisorsSignIsTakenApart() {
    Graph graph =
        new OnnxFile(28)
            .input("x", 3)
            .input("y", 3)
            .node("Mod", List.of("x", "y"), List.of("z"))
            .output("z")
            .read()
            .graph();
    assertEquals(1, only(graph, "Mod").attributes().i("fmod", 0));
    assertEquals("Where", graph.producer("z").orElseThrow().operator().name());
  }

  @Test
  void dequantizedTypesOtherThanTheScalesBecomeACast() {
    Graph graph =
        new OnnxFile(23)
            .typed("x", 2, 4)
            .initializer("s", HostTensor.of(new float[] {0.5f}, 1).reshape())
            .node("DequantizeLinear", List.of("x", "s"), List.of("y"), attr("output_dtype", 10))
            .output("y")
            .read()
            .graph();
    assertEquals(TensorType.of(DType.FLOAT16, 4), graph.type("y"));
    assertFalse(only(graph, "DequantizeLinear").attributes().has("output_dtype"));
  }

  @Test
  void rangesOfHalfFloatsCountInFloats() {
    OnnxFile file = new OnnxFile(27).input("x", 3);
    double[] bounds = {1, 7, 2};
    for (int i = 0; i < 3; i++) {
      double bound = bounds[i];
      TensorType type = TensorType.of(DType.FLOAT16);
      file.initializer("b" + i, HostTensor.fromDoubles(type, e -> bound));
    }
    Graph graph =
        file.node("Range", List.of("b0", "b1", "b2"), List.of("r"))
            .node("Cast", List.of("x"), List.of("h"), attr("to", 10))
            .node("Mul", List.of("h", "r"), List.of("y"))
            .output("y", "r")
            .read()
            .graph();
    assertEquals(TensorType.of(DType.FLOAT16, 3), graph.type("r"));
    assertEquals(TensorType.of(DType.FLOAT16, 3), graph.type("y"));
  }

  @Test
  void channelsFirstSpaceToDepthIsTakenApart() {
    Graph graph = read(28, "SpaceToDepth", attr("blocksize", 1), attr("mode", "CRD"));
    assertEquals(TensorType.of(DType.FLOAT32, 2, 3, 4, 5), graph.type("y"));
    assertEquals(
        List.of("Reshape", "Transpose", "Reshape"),
        graph.nodes().stream().map(n -> n.operator().name()).toList());
  }

  @Test
  void anOperatorOlderThanWhatIsReadIsRefused() {
    OnnxFile file = new OnnxFile(6).input("x", 2).input("y", 2);
    file.node("Add", List.of("x", "y"), List.of("z"), attr("broadcast", 1)).output("z");
    ModelFormatException e = assertThrows(ModelFormatException.class, file::read);
    assertTrue(e.getMessage().contains("Add of opset 6"), e.getMessage());
  }

  // --- building

  private static HostTensor vector(String name) {
    return HostTensor.of(new float[] {name.charAt(0), 1}, 2);
  }

  /** A graph of one node from {@code x}, FLOAT32[2, 3, 4, 5], to {@code y}. */
  private static Graph read(int opset, String operator, AttributeProto... attributes) {
    return new OnnxFile(opset)
        .input("x", 2, 3, 4, 5)
        .node(operator, List.of("x"), List.of("y"), attributes)
        .output("y")
        .read()
        .graph();
  }

  private static Node only(Graph graph, String operator) {
    List<Node> found =
        graph.nodes().stream().filter(n -> n.operator().name().equals(operator)).toList();
    assertEquals(1, found.size(), graph::toString);
    return found.get(0);
  }

  private static long[] constant(Graph graph, Node node, int input) {
    return graph.constants().get(node.inputs().get(input)).toLongs();
  }
}
