package dev.graft.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorTableTest {
  static Stream<Operator> rows() {
    return Operators.all().stream();
  }

  static Stream<Operator> ownRows() {
    return rows().filter(row -> !row.isStandard());
  }

  static Stream<Operator> newerRows() {
    return rows().filter(row -> row.since() > Operators.OPSET);
  }

  static Stream<Operator> rowsWithoutGradient() {
    return rows().filter(row -> !row.differentiable());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyRowHasADerivativeOrADecompositionOrDeclaresThatItHasNone(Operator row) {
    assertTrue(
        row.gradient() != null || row.decomposition() != null || !row.differentiable(),
        () -> row + " has neither gradient nor decomposition, and does not say withoutGradient()");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyRowHasATypeRuleAndASensibleArity(Operator row) {
    assertNotNull(row.typeRule());
    assertTrue(row.minInputs() >= 0 && row.minInputs() <= row.maxInputs(), row::name);
    assertTrue(row.maxOutputs() >= 1, row::name);
    assertEquals(row, Operators.get(row.name()));
  }

  @ParameterizedTest
  @MethodSource("ownRows")
  void graftsOwnRowsDecomposeIntoStandardOperators(Operator row) {
    assertNotNull(row.decomposition(), row::name);
  }

  @ParameterizedTest
  @MethodSource("newerRows")
  void rowsNewerThanThePinnedOpsetDecompose(Operator row) {
    assertNotNull(row.decomposition(), row::name);
  }

  @ParameterizedTest
  @MethodSource("rowsWithoutGradient")
  void aRowThatStopsGradientsHasNoGradientRule(Operator row) {
    assertEquals(null, row.gradient(), row::name);
  }

  @Test
  void theTableIsNotEmptyAndKnowsItsNames() {
    assertTrue(Operators.all().size() > 150);
    assertTrue(Operators.has("Conv"));
    assertFalse(Operators.has("Convolution"));
  }
}
