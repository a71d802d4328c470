package dev.graft.testkit.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Node;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.testkit.reference.ReferenceInterpreter.Arithmetic;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReferenceInterpreterTest {
  private static Graph third(DType dtype) {
    GraphBuilder g = new GraphBuilder();
    g.output(g.input("x", TensorType.of(dtype)).div(3), "y");
    return g.build();
  }

  private static double thirdOfOne(DType dtype, Arithmetic arithmetic) {
    HostTensor one = HostTensor.full(TensorType.of(dtype), 1);
    ReferenceInterpreter interpreter = ReferenceInterpreter.of(third(dtype), arithmetic);
    return interpreter.run(Map.of("x", one)).get("y").getDouble(0);
  }

  @Test
  void valuesAreRoundedToTheirDeclaredType() {
    assertEquals(1f / 3, thirdOfOne(DType.FLOAT32, Arithmetic.AS_DECLARED));
    assertEquals(0.333251953125, thirdOfOne(DType.FLOAT16, Arithmetic.AS_DECLARED));
    assertEquals(1.0 / 3, thirdOfOne(DType.FLOAT64, Arithmetic.AS_DECLARED));
  }

  @Test
  void nothingIsRoundedInDouble() {
    assertEquals(1.0 / 3, thirdOfOne(DType.FLOAT32, Arithmetic.FLOAT64));
  }

  @Test
  void feedsInDoubleKeepTheirPrecisionInDouble() {
    HostTensor x = HostTensor.of(new double[] {0.1});
    Map<String, HostTensor> results =
        ReferenceInterpreter.of(third(DType.FLOAT32), Arithmetic.FLOAT64).run(Map.of("x", x));
    assertEquals(0.1 / 3, results.get("y").getDouble(0));
  }

  @Test
  void updatesAreComputedBesideTheOutputs() {
    GraphBuilder g = new GraphBuilder();
    Value w = g.parameter("w", TensorType.of(DType.FLOAT32));
    g.output(w.mul(2), "twice");
    Value next = w.add(1);
    g.update("w", next);
    Map<String, HostTensor> results =
        ReferenceInterpreter.of(g.build()).run(Map.of("w", HostTensor.scalar(5f)));
    assertEquals(10, results.get("twice").getDouble(0));
    assertEquals(6, results.get(next.name()).getDouble(0));
  }

  @Test
  void aMissingFeedIsNamed() {
    ReferenceInterpreter interpreter = ReferenceInterpreter.of(third(DType.FLOAT32));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> interpreter.run(Map.<String, HostTensor>of()));
    assertEquals("input 'x' is not fed", e.getMessage());
  }

  @Test
  void operatorsWithoutKernelAreDecomposed() {
    Operator square =
        Operator.of("SquareForTest", Operator.GRAFT, 1, 1, n -> List.of(n.type(0)))
            .withDecomposition(n -> Arrays.asList(n.in(0).mul(n.in(0))));
    Map<String, HostTensor> results =
        ReferenceInterpreter.of(one(square)).run(Map.of("x", HostTensor.scalar(3f)));
    assertEquals(9, results.get("y").getDouble(0));
  }

  @Test
  void operatorsThatNobodyKnowsAreNamed() {
    Operator strange = Operator.of("Strange", Operator.GRAFT, 1, 1, n -> List.of(n.type(0)));
    GraphException e =
        assertThrows(GraphException.class, () -> ReferenceInterpreter.of(one(strange)));
    assertTrue(e.getMessage().contains("Strange (node 'n')"), e.getMessage());
  }

  private static Graph one(Operator operator) {
    GraphBuilder g = new GraphBuilder();
    g.input("x", TensorType.of(DType.FLOAT32));
    g.node(new Node("n", operator, List.of("x"), List.of("y"), Attributes.NONE));
    g.output(g.value("y"));
    return g.build();
  }
}
