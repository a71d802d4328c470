package dev.graft.strategies.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.data.DataException;
import dev.graft.eval.Evaluation;
import dev.graft.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class ScopeEvaluatorTest {
  @Test
  void countsTheSharesOfPairsInWhichTheModelIsSurerOfAnExampleOfItsClasses() {
    HostTensor inside = HostTensor.of(new float[] {3, 0, 0, 1}, 2, 2);
    HostTensor outside = HostTensor.of(new float[] {0, 0, 8, 6}, 2, 2);
    Evaluation e = ScopeEvaluator.evaluate(inside, outside);
    // Differences of the logits: 3 and 1 inside, 0 and 2 outside: three of four pairs are right.
    assertEquals(0.75, e.metric("auc"), 1e-12);
    // Log-sum-exp: 3.05 and 1.31 inside, 0.69 and 8.13 outside: two of four.
    assertEquals(0.5, e.metric("energy-auc"), 1e-12);
    assertEquals(4, e.examples());
  }

  @Test
  void withoutExamplesOutsideThereIsNothingToTell() {
    HostTensor inside = HostTensor.of(new float[] {3, 0}, 1, 2);
    HostTensor none = HostTensor.of(new float[0], 0, 2);
    assertThrows(DataException.class, () -> ScopeEvaluator.evaluate(inside, none));
  }
}
