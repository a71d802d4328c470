package dev.graft.testkit.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.graft.graph.Differentiator;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.testkit.reference.ReferenceInterpreter;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is chosen where a function has no derivative: PyTorch's choice. */
class KinkTest {
  @Test
  void rectifiersAreFlatAtZero() {
    assertGradient(x -> x.op("Relu"), values(-1, 0, 2), 0, 0, 1);
    assertGradient(x -> x.op("ThresholdedRelu"), values(0.5, 1, 2), 0, 0, 1);
    assertGradient(x -> x.op("LeakyRelu"), values(-1, 0, 2), 0.01, 0.01, 1);
    assertGradient(x -> x.op("PRelu", x.constant(0.25)), values(-1, 0, 2), 0.25, 0.25, 1);
  }

  @Test
  void theAbsoluteValueIsFlatAtZero() {
    assertGradient(x -> x.op("Abs"), values(-3, 0, 3), -1, 0, 1);
    assertGradient(x -> x.reduce("ReduceL1", false), values(-3, 0, 3), -1, 0, 1);
  }

  @Test
  void clippingPassesTheGradientOnItsBounds() {
    assertGradient(
        x -> x.op("Clip", x.constant(0), x.constant(6)), values(-1, 0, 3, 6, 7), 0, 1, 1, 1, 0);
  }

  @Test
  void elementsThatTieForTheMaximumShareTheGradient() {
    assertGradient(x -> x.max(false), values(1, 4, 4, 2), 0, 0.5, 0.5, 0);
    assertGradient(
        x -> x.reduce("ReduceMin", false), values(1, 4, 1, 1), 1.0 / 3, 0, 1.0 / 3, 1.0 / 3);
  }

  @Test
  void operandsThatTieForTheMaximumShareTheGradient() {
    assertGradient(x -> x.op("Max", x.constant(0)), values(-1, 0, 1), 0, 0.5, 1);
    assertGradient(x -> x.op("Min", x.constant(0)), values(-1, 0, 1), 1, 0.5, 0);
  }

  @Test
  void aNormOfZeroHasNoSlope() {
    assertGradient(x -> x.reduce("ReduceL2", false), values(0, 0), 0, 0);
    assertGradient(x -> x.reduce("ReduceL2", false), values(3, 4), 0.6, 0.8);
  }

  @Test
  void thePowerOfZeroIsFlatForTheExponentZero() {
    assertGradient(x -> x.op("Pow", x.constant(0)), values(0, 2), 0, 0);
    assertGradient(x -> x.op("Pow", x.constant(1)), values(0, 2), 1, 1);
    assertGradient(x -> x.op("Pow", x.constant(2)), values(0, 2), 0, 4);
  }

  @Test
  void roundingStopsTheGradient() {
    assertGradient(x -> x.op("Floor").add(x.op("Round")).add(x), values(0.4, 1.7), 1, 1);
  }

  @Test
  void hardFunctionsAreFlatOutsideTheirRamp() {
    assertGradient(x -> x.op("HardSigmoid"), values(-3, 0, 3), 0, 0.2, 0);
    assertGradient(x -> x.op("HardSwish"), values(-4, 0, 4), 0, 0.5, 1);
  }

  private static HostTensor values(double... values) {
    return HostTensor.of(values, values.length);
  }

  /** The gradient of the sum of a function's results. */
  private static void assertGradient(
      UnaryOperator<Value> function, HostTensor at, double... expected) {
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("x", new TensorType(DType.FLOAT64, at.shape()));
    Graph forward = builder.output(function.apply(x).sum(false), "y").build();
    Graph graph = Differentiator.differentiable(forward, "y", Set.of("x"));
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    graph.nodes().forEach(rewriter::copy);
    Value gradient = Differentiator.differentiate(rewriter, graph, "y", Set.of("x")).get("x");
    rewriter.target().output(gradient, "dx");
    Graph gradients = Rewriter.prune(rewriter.target().build());
    assertArrayEquals(
        expected,
        ReferenceInterpreter.of(gradients).run(Map.of("x", at)).get("dx").toDoubles(),
        1e-12);
  }
}
