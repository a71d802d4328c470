package dev.graft.strategies.evaluation;

import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.tribuo.classification.evaluation.LabelEvaluationUtil;

/** How well scores tell examples of a class from all others, whatever the threshold. */
final class Ranking {
  private Ranking() {}

  /**
   * The mean area under the ROC curve over the columns that have both kinds of examples, each
   * against the rest; empty if there is none.
   *
   * @param scores {@code [examples][columns]}
   * @param present for each example whether it is of each column
   */
  static OptionalDouble meanAreaUnderCurve(double[][] scores, boolean[][] present) {
    return IntStream.range(0, scores[0].length)
        .mapToObj(k -> areaUnderCurve(column(scores, k), column(present, k)))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }

  /** The area under the ROC curve; empty if the examples are all of one kind. */
  static OptionalDouble areaUnderCurve(double[] scores, boolean[] present) {
    long positive = IntStream.range(0, present.length).filter(i -> present[i]).count();
    return positive == 0 || positive == present.length
        ? OptionalDouble.empty()
        : OptionalDouble.of(LabelEvaluationUtil.binaryAUCROC(present, scores));
  }

  private static double[] column(double[][] rows, int k) {
    return IntStream.range(0, rows.length).mapToDouble(i -> rows[i][k]).toArray();
  }

  private static boolean[] column(boolean[][] rows, int k) {
    boolean[] column = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      column[i] = rows[i][k];
    }
    return column;
  }
}
