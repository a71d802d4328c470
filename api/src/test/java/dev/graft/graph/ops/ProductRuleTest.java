package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static dev.graft.graph.ops.Nodes.infer;
import static dev.graft.graph.ops.Nodes.inferAll;
import static dev.graft.graph.ops.Nodes.longs;
import static dev.graft.graph.ops.Nodes.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductRuleTest {
  @Property
  void gemmTransposesItsOperands(
      @ForAll boolean transA,
      @ForAll boolean transB,
      @ForAll @IntRange(min = 1, max = 9) int m,
      @ForAll @IntRange(min = 1, max = 9) int k,
      @ForAll @IntRange(min = 1, max = 9) int n) {
    assertEquals(
        floats(m, n),
        infer(
            "Gemm",
            Attributes.of("transA", transA, "transB", transB),
            transA ? floats(k, m) : floats(m, k),
            transB ? floats(n, k) : floats(k, n),
            floats(n)));
  }

  @Test
  void matMulFollowsNumPyForVectorsAndBatches() {
    assertEquals(floats(), infer("MatMul", floats(3), floats(3)));
    assertEquals(floats(4), infer("MatMul", floats(3), floats(3, 4)));
    assertEquals(floats("b", 2), infer("MatMul", floats("b", 2, 3), floats(3)));
    assertEquals(floats("b", 5, 2, 4), infer("MatMul", floats("b", 1, 2, 3), floats(5, 3, 4)));
  }

  @Test
  void innerSizesThatDifferAreRefused() {
    assertTrue(refusal("MatMul", floats(2, 3), floats(4, 5)).contains("3 against 4"));
    assertTrue(refusal("MatMul", floats(), floats(4, 5)).contains("vectors or matrices"));
    assertTrue(refusal("Gemm", floats(2, 3), floats(4, 5)).contains("multiply"));
    assertTrue(refusal("Gemm", floats(1, 2, 3), floats(3, 5)).contains("rank 2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "bij,bjk->bik; 5,2,3; 5,3,4; 5,2,4",
        "ij,jk; 2,3; 3,4; 2,4",
        "ba,ac; 2,3; 3,4; 2,4",
        "...ij,...jk->...ik; 7,1,2,3; 5,3,4; 7,5,2,4",
        "i,j->ij; 2; 3; 2,3",
        "bhid,bhjd->bhij; 2,4,5,8; 2,4,6,8; 2,4,5,6",
      })
  void einsumGivesTheSizesOfItsLabels(String equation, String a, String b, String y) {
    assertEquals(
        floats(sizes(y)),
        infer("Einsum", Attributes.of("equation", equation), floats(sizes(a)), floats(sizes(b))));
  }

  private static Object[] sizes(String list) {
    return java.util.Arrays.stream(list.split(","))
        .map(s -> (Object) Long.valueOf(s.strip()))
        .toArray();
  }

  @Test
  void implicitEinsumOutputIsSortedAndLeavesOutRepeatedLabels() {
    EinsumEquation equation = EinsumEquation.parse("b...i, ib a", List.of(4, 3));
    assertEquals(List.of("...1", "...0", "a"), equation.output());
  }

  @Test
  void einsumEquationsThatDoNotFitAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> EinsumEquation.parse("ij,jk->ik", List.of(2)));
    assertThrows(IllegalArgumentException.class, () -> EinsumEquation.parse("ij->i", List.of(3)));
    assertThrows(IllegalArgumentException.class, () -> EinsumEquation.parse("ij->k", List.of(2)));
    assertThrows(IllegalArgumentException.class, () -> EinsumEquation.parse("i?->i", List.of(2)));
    assertTrue(
        refusal("Einsum", Attributes.of("equation", "ij,jk->ik"), floats(2, 3), floats(4, 5))
            .contains("'j'"));
  }

  @Test
  void aLossIsAScalarUnlessItIsNotReduced() {
    assertEquals(
        List.of(floats(), floats("n", 10)),
        inferAll("SoftmaxCrossEntropyLoss", Attributes.NONE, 2, floats("n", 10), longs("n")));
    assertEquals(
        floats("n", 7),
        infer(
            "NegativeLogLikelihoodLoss",
            Attributes.of("reduction", "none"),
            floats("n", 10, 7),
            longs("n", 7)));
  }

  @Test
  void labelsAndWeightsThatDoNotFitTheScoresAreRefused() {
    assertTrue(refusal("SoftmaxCrossEntropyLoss", floats(4, 10), longs(5)).contains("labels"));
    assertTrue(refusal("SoftmaxCrossEntropyLoss", floats(4, 10), floats(4)).contains("INT64"));
    assertTrue(
        refusal("SoftmaxCrossEntropyLoss", floats(4, 10), longs(4), floats(9)).contains("10"));
    assertTrue(
        refusal(
                "NegativeLogLikelihoodLoss",
                Attributes.of("reduction", "median"),
                floats(4, 10),
                longs(4))
            .contains("median"));
  }
}
