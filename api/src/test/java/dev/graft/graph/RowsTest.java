package dev.graft.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
  @Test
  void everyRowHasADerivativeOrADecompositionOrStopsGradients() {
    List<Operator> neither =
        Operators.all().stream()
            .filter(row -> row.differentiable() && row.gradient() == null)
            .filter(row -> row.decomposition() == null)
            .toList();
    assertEquals(List.of(), neither);
  }

  @Test
  void whatOnnxOrItsPinnedOpsetLacksHasADecomposition() {
    Operators.all().stream()
        .filter(row -> !row.isStandard() || row.since() > Operators.OPSET)
        .forEach(row -> assertNotNull(row.decomposition(), row.name()));
  }
}
