package dev.graft.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.data.SpanTargets.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private static final int[] SWAPPED = {1, 0};

  @Test
  void subsetsKeepEachExamplesTarget() {
    RegressionTargets numbers = RegressionTargets.of("score", new float[] {1.5f, -2});
    assertEquals(RegressionTargets.of("score", new float[] {-2, 1.5f}), numbers.subset(SWAPPED));
    MultiLabelTargets many =
        new MultiLabelTargets(List.of("a", "b"), new boolean[][] {{true, false}, {true, true}});
    assertArrayEquals(new boolean[] {true, true}, many.subset(SWAPPED).present()[0]);
    TokenLabels tokens = new TokenLabels(List.of("O", "B"), new int[][] {{0}, {0, 1}});
    assertArrayEquals(new int[] {0, 1}, tokens.subset(SWAPPED).labels()[0]);
    SpanTargets spans = new SpanTargets(List.of(List.of(new Span(0, 2)), List.of(new Span(5, 6))));
    assertEquals(new Span(5, 6), spans.subset(SWAPPED).answers().get(0).get(0));
  }

  @Test
  void targetsOutsideTheirRangeAreRefused() {
    assertThrows(DataException.class, () -> RegressionTargets.of("x", new float[] {Float.NaN}));
    assertThrows(
        DataException.class, () -> new RegressionTargets(List.of("x", "y"), new float[][] {{1}}));
    assertThrows(
        DataException.class,
        () -> new MultiLabelTargets(List.of("a"), new boolean[][] {{true, false}}));
    assertThrows(DataException.class, () -> new TokenLabels(List.of("O"), new int[][] {{1}}));
    assertThrows(DataException.class, () -> new Span(3, 3));
  }
}
