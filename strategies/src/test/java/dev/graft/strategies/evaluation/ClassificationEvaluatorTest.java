package dev.graft.strategies.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluators;
import dev.graft.strategies.Toys;
import dev.graft.tensor.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassificationEvaluatorTest {
  private static final List<String> CLASSES = List.of("ant", "bee", "wasp");

  private static Labeled<ClassLabels> truth(int... labels) {
    HostTensor rows = HostTensor.of(new float[labels.length], labels.length, 1);
    return new Labeled<>(new Toys.Rows(rows), new ClassLabels(CLASSES, labels));
  }

  @Test
  void countsWhatWasPredictedForEachTrueClass() {
    // Predictions: ant, bee, bee, ant; truth: ant, bee, ant, ant; nothing is a wasp.
    HostTensor logits = HostTensor.of(new float[] {2, 0, 0, 0, 2, 0, 0, 2, 0, 2, 0, 0}, 4, 3);
    Evaluation e = Evaluators.discover().evaluate(logits, truth(0, 1, 0, 0));
    assertEquals(0.75, e.metric("accuracy"), 1e-12);
    // ant: precision 1, recall 2/3; bee: precision 1/2, recall 1; the wasp does not occur.
    assertEquals((0.8 + 2.0 / 3) / 2, e.metric("macro-f1"), 1e-12);
    assertEquals(List.of(List.of(2, 1, 0), List.of(0, 1, 0), List.of(0, 0, 0)), e.confusion());
    double right = Math.log(Math.exp(2) + 2) - 2;
    assertEquals((3 * right + right + 2) / 4, e.metric("log-loss"), 1e-6);
  }

  @Test
  void oneSureMistakeHasAFiniteLoss() {
    HostTensor logits = HostTensor.of(new float[] {1000, 0, 0}, 1, 3);
    Evaluation e = new ClassificationEvaluator().evaluate(logits, truth(1));
    assertEquals(1000, e.metric("log-loss"), 1e-6);
    assertEquals(0, e.metric("accuracy"), 0);
    assertEquals(0, e.metric("macro-f1"), 0);
  }

  @Test
  void outputsOfAnotherWidthAreRefused() {
    HostTensor logits = HostTensor.of(new float[] {1, 0}, 1, 2);
    assertThrows(
        DataException.class, () -> new ClassificationEvaluator().evaluate(logits, truth(1)));
  }
}
