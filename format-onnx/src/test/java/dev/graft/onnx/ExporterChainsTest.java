package dev.graft.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.Role;
import dev.graft.graph.Specialization;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shape arithmetic that PyTorch's two exporters write; skipped where there are no models. */
class ExporterChainsTest {
  static List<Path> models() throws IOException {
    return SharedFilesTest.files("conformance/pytorch-gradients");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void symbolicShapesAreExpressionsOfTheInputs(Path file) throws IOException {
    Graph graph = OnnxReader.read(file).graph();
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        Shape shape = output.isEmpty() ? Shape.SCALAR : graph.type(output).shape();
        assertTrue(!shape.toString().contains("#"), node.describe() + " gives " + shape);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void nothingReadsAShapeOnceSizesAreFixed(Path file) throws IOException {
    GraphModel model = OnnxReader.read(file);
    Graph fixed = Specialization.of(model.graph(), Map.of("N", 3L));
    Set<String> left =
        fixed.nodes().stream().map(n -> n.operator().name()).collect(Collectors.toSet());
    left.retainAll(Set.of("Shape", "Size", "Range"));
    assertEquals(Set.of(), left);
    for (Node node : fixed.nodes()) {
      assertTrue(fixed.type(node.outputs().get(0)).shape().isStatic(), node.describe());
    }
  }

  /** What is computed from constants and shapes alone, and is small, must be a constant. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void noIntegersAreComputedFromConstants(Path file) throws IOException {
    Graph fixed = Specialization.of(OnnxReader.read(file).graph(), Map.of("N", 3L));
    Set<String> dependent = new HashSet<>();
    fixed.inputs().forEach(i -> dependent.add(i.name()));
    for (Node node : fixed.nodes()) {
      boolean data = node.inputs().stream().anyMatch(dependent::contains);
      assertTrue(data || fixed.type(node.outputs().get(0)).dtype().isFloating(), node.describe());
      dependent.addAll(node.outputs());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void theOutputKeepsItsBatchSymbol(Path file) throws IOException {
    Graph graph = OnnxReader.read(file).graph();
    GraphInput input = graph.inputs(Role.BATCH).get(0);
    HostTensor expected = OnnxTensors.read(file.resolveSibling("output_output.pb"));
    Shape output = graph.type(graph.outputs().get(0)).shape();
    assertEquals(input.type().shape().dim(0), output.dim(0));
    assertEquals(expected.shape(), output.with(0, expected.shape().dim(0)));
  }
}
