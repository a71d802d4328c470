package dev.graft.data;

import java.util.Arrays;
import java.util.List;

/**
 * The answer to each question as a part of its passage, which is {@link TextSample#pair}.
 *
 * @param answers for each example the answers that count as right, the first for training; none
 *     where the passage does not have it
 */
public record SpanTargets(List<List<Span>> answers) implements Targets {
  /**
   * A part of a text.
   *
   * @param start the first character
   * @param end behind the last character
   */
  public record Span(int start, int end) {
    public Span {
      if (start < 0 || end <= start) {
        throw new DataException("an answer cannot go from character " + start + " to " + end);
      }
    }
  }

  public SpanTargets {
    answers = answers.stream().map(List::copyOf).toList();
  }

  @Override
  public int size() {
    return answers.size();
  }

  @Override
  public SpanTargets subset(int[] positions) {
    return new SpanTargets(Arrays.stream(positions).mapToObj(answers::get).toList());
  }
}
