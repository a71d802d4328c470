package dev.graft.strategies.evaluation;

import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.SpanTargets;
import dev.graft.data.TextSample;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluator;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Judges answers as SQuAD does (Rajpurkar et al. 2016): {@code exact-match} and {@code f1} of the
 * words that answer and truth share, each the best over the right answers, without case,
 * punctuation and articles.
 */
public final class AnswerEvaluator implements Evaluator<SpanTargets> {
  private static final List<String> ARTICLES = List.of("a", "an", "the");

  @Override
  public String name() {
    return "answers";
  }

  @Override
  public Class<SpanTargets> targets() {
    return SpanTargets.class;
  }

  @Override
  public Evaluation evaluate(HostTensor scores, Labeled<SpanTargets> data) {
    int n = data.size();
    double[][] rows = ScoreRows.of(scores, n, 3);
    double exact = 0;
    double f1 = 0;
    for (int i = 0; i < n; i++) {
      String passage = passage(data, i);
      List<String> found = words(passage.substring((int) rows[i][0], (int) rows[i][1]));
      double bestF1 = 0;
      boolean same = false;
      for (SpanTargets.Span answer : data.targets().answers().get(i)) {
        List<String> truth = words(passage.substring(answer.start(), answer.end()));
        same |= truth.equals(found);
        bestF1 = Math.max(bestF1, truth.equals(found) ? 1 : shared(truth, found).f1());
      }
      exact += same ? 1 : 0;
      f1 += bestF1;
    }
    return Evaluation.of(n, Map.of("exact-match", exact / n, "f1", f1 / n));
  }

  private static String passage(Labeled<SpanTargets> data, int i) {
    if (data.examples().sample(i) instanceof TextSample text && text.pair().isPresent()) {
      return text.pair().get();
    }
    throw new DataException(data.examples().id(i) + " has no passage with an answer");
  }

  private static List<String> words(String text) {
    String plain = text.toLowerCase(Locale.ROOT).replaceAll("\\p{Punct}", "");
    return Arrays.stream(plain.split("\\s+", -1))
        .filter(w -> !w.isEmpty() && !ARTICLES.contains(w))
        .toList();
  }

  private static F1 shared(List<String> truth, List<String> found) {
    List<String> left = new ArrayList<>(truth);
    long hits = found.stream().filter(left::remove).count();
    return new F1(hits, found.size() - hits, truth.size() - hits);
  }
}
