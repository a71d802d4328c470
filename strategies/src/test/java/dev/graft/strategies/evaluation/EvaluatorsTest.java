package dev.graft.strategies.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.MultiLabelTargets;
import dev.graft.data.RegressionTargets;
import dev.graft.data.SpanTargets;
import dev.graft.data.SpanTargets.Span;
import dev.graft.data.Targets;
import dev.graft.data.TextSample;
import dev.graft.data.TokenLabels;
import dev.graft.eval.Calibration;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluators;
import dev.graft.strategies.Toys;
import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvaluatorsTest {
  private static final Evaluators EVALUATORS = Evaluators.discover();

  private static <T extends Targets> Labeled<T> with(T targets) {
    int n = targets.size();
    return new Labeled<>(new Toys.Rows(HostTensor.of(new float[n], n, 1)), targets);
  }

  @Test
  void everyCaseAboveEveryOtherIsAnAreaOfOne() {
    ClassLabels truth = new ClassLabels(List.of("no", "yes"), new int[] {0, 0, 1, 1});
    HostTensor sorted = HostTensor.of(new float[] {0, -2, 0, -1, 0, 1, 0, 2}, 4, 2);
    assertEquals(1, EVALUATORS.evaluate(sorted, with(truth)).metric("auc"), 1e-9);
    // Of the four pairs of a yes and a no, one is in the wrong order.
    HostTensor mixed = HostTensor.of(new float[] {0, -2, 0, 1.5f, 0, 1, 0, 2}, 4, 2);
    assertEquals(0.75, EVALUATORS.evaluate(mixed, with(truth)).metric("auc"), 1e-9);
  }

  @Test
  void calibrationComparesConfidenceWithHits() {
    Calibration half =
        Calibration.of(new double[] {0.9, 0.9, 0.9, 0.9}, new boolean[] {true, false, true, false});
    assertEquals(0.4, half.expectedError(), 1e-12);
    assertEquals(new Calibration.Bin(4, 0.9, 0.5), half.bins().get(9));
  }

  @Test
  void labelsCountOneByOneAndAsSets() {
    // Found: {a}, {a, b}, {}; truth: {a}, {b}, {b}.
    HostTensor scores = HostTensor.of(new float[] {1, -1, 1, 1, -1, -1}, 3, 2);
    boolean[][] truth = {{true, false}, {false, true}, {false, true}};
    Evaluation e =
        EVALUATORS.evaluate(scores, with(new MultiLabelTargets(List.of("a", "b"), truth)));
    assertEquals(4.0 / 6, e.metric("micro-f1"), 1e-12); // 2 hits, 1 false alarm, 1 miss
    assertEquals(2.0 / 3, e.metric("macro-f1"), 1e-12); // 2/3 for both
    assertEquals(1.0 / 3, e.metric("exact-match"), 1e-12);
  }

  @Test
  void numbersAreJudgedInTheirUnits() {
    HostTensor scores = HostTensor.of(new float[] {1, 2, 3, 8}, 4, 1);
    Evaluation e =
        EVALUATORS.evaluate(scores, with(RegressionTargets.of("price", new float[] {1, 2, 3, 4})));
    assertEquals(1, e.metric("mae"), 1e-9);
    assertEquals(2, e.metric("rmse"), 1e-9);
    assertEquals(1 - 16 / 5.0, e.metric("r2"), 1e-9);
  }

  @Test
  void anEntityCountsWithItsKindAndBothEndsRight() {
    List<String> tags = List.of("B-city", "B-day", "I-city", "O");
    // Truth: [new york]city in [march]day; found: [new york]city, [march]city.
    int[][] truth = {{0, 2, 3, 1}};
    HostTensor scores =
        HostTensor.of(
            new float[] {
              9, 0, 1, 0,
              0, 0, 9, 1,
              0, 1, 0, 9,
              9, 1, 0, 0
            },
            1,
            4,
            4);
    Evaluation e = EVALUATORS.evaluate(scores, with(new TokenLabels(tags, truth)));
    assertEquals(0.75, e.metric("accuracy"), 1e-12);
    assertEquals(0.5, e.metric("entity-f1"), 1e-12);
  }

  @Test
  void aWordThatWasNotReadIsNoEntity() {
    List<String> tags = List.of("B-city", "O");
    HostTensor scores = HostTensor.of(new float[] {0, 5}, 1, 1, 2);
    Evaluation e =
        EVALUATORS.evaluate(scores, with(new TokenLabels(tags, new int[][] {{1, 0, 1}})));
    assertEquals(2.0 / 3, e.metric("accuracy"), 1e-12);
    assertEquals(0, e.metric("entity-recall"), 0);
  }

  @Test
  void answersAreComparedWithoutArticlesCaseAndPunctuation() {
    String passage = "It was the Eiffel Tower, in Paris.";
    Dataset questions =
        Toys.examples(List.of(new TextSample("what?", Optional.of(passage)), question(passage)));
    int start = passage.indexOf("the Eiffel");
    int eiffel = passage.indexOf("Eiffel");
    int comma = passage.indexOf(',');
    SpanTargets truth =
        new SpanTargets(
            List.of(
                List.of(new Span(eiffel, comma)),
                List.of(new Span(eiffel, comma), new Span(0, 2))));
    // The first answer has an article and a comma more, the second one word of two.
    HostTensor scores =
        HostTensor.of(new float[] {start, comma + 1, 1, eiffel, eiffel + 6, 1}, 2, 3);
    Evaluation e = EVALUATORS.evaluate(scores, new Labeled<>(questions, truth));
    assertEquals(0.5, e.metric("exact-match"), 1e-12);
    assertEquals((1 + 2.0 / 3) / 2, e.metric("f1"), 1e-12);
  }

  private static TextSample question(String passage) {
    return new TextSample("which?", Optional.of(passage));
  }

  @Test
  void groupsAreJudgedEachByItself() {
    ClassLabels truth = new ClassLabels(List.of("no", "yes"), new int[] {0, 1, 0, 1});
    HostTensor scores = HostTensor.of(new float[] {1, 0, 0, 1, 0, 1, 0, 1}, 4, 2);
    Map<String, Evaluation> groups =
        EVALUATORS.byGroup(scores, with(truth), List.of("a", "a", "b", "b"));
    assertEquals(1, groups.get("a").metric("accuracy"), 0);
    assertEquals(0.5, groups.get("b").metric("accuracy"), 0);
    assertEquals(0.5, Evaluators.gaps(groups).get("accuracy"), 1e-12);
    assertTrue(Evaluators.gaps(Map.of()).isEmpty());
    assertFalse(groups.containsKey("c"));
  }
}
