package dev.graft.eval;

import dev.graft.data.Labeled;
import dev.graft.data.Splits;
import dev.graft.data.Targets;
import dev.graft.tensor.HostTensor;
import dev.graft.train.TensorExamples;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/** The evaluators that are on the class path. Immutable and thread-safe. */
public final class Evaluators {
  private final List<Evaluator<?>> evaluators;

  private Evaluators(List<Evaluator<?>> evaluators) {
    this.evaluators = List.copyOf(evaluators);
  }

  /** What the thread's context class loader finds. */
  public static Evaluators discover() {
    return discover(Thread.currentThread().getContextClassLoader());
  }

  public static Evaluators discover(ClassLoader loader) {
    List<Evaluator<?>> found = new ArrayList<>();
    ServiceLoader.load(Evaluator.class, loader).forEach(found::add);
    return of(found);
  }

  /** A fixed choice, for applications that wire themselves. */
  public static Evaluators of(List<Evaluator<?>> evaluators) {
    return new Evaluators(evaluators);
  }

  public List<Evaluator<?>> all() {
    return evaluators;
  }

  /**
   * Judges scores by the first evaluator for this kind of targets.
   *
   * @param scores {@code [examples, ...]}, as {@link dev.graft.transfer.Inference} gives them
   * @param truth the examples with their targets, in the same order
   */
  public Evaluation evaluate(HostTensor scores, Labeled<?> truth) {
    for (Evaluator<?> evaluator : evaluators) {
      if (evaluator.targets().isInstance(truth.targets())) {
        return evaluate(evaluator, scores, truth);
      }
    }
    throw new IllegalArgumentException(
        "no evaluator for "
            + truth.targets().getClass().getSimpleName()
            + " on the class path; there is "
            + evaluators.stream().map(e -> e.name()).toList()
            + ". Add dev.graft:graft-strategies.");
  }

  /**
   * Judges each group of examples by itself, so that a model that serves some worse is found out.
   *
   * @param groups the group of each example
   * @return by group, in the order of their names
   */
  public Map<String, Evaluation> byGroup(HostTensor scores, Labeled<?> truth, List<String> groups) {
    Map<String, Evaluation> evaluations = new LinkedHashMap<>();
    Splits.byGroupName(groups)
        .forEach(
            (group, members) ->
                evaluations.put(
                    group, evaluate(TensorExamples.rows(scores, members), truth.subset(members))));
    return evaluations;
  }

  /** For each metric that all groups have: the largest minus the smallest. */
  public static Map<String, Double> gaps(Map<String, Evaluation> byGroup) {
    Map<String, Double> gaps = new LinkedHashMap<>();
    List<Evaluation> all = List.copyOf(byGroup.values());
    for (String metric : all.isEmpty() ? Set.<String>of() : all.get(0).metrics().keySet()) {
      if (all.stream().allMatch(e -> e.metrics().containsKey(metric))) {
        DoubleSummaryStatistics values =
            all.stream().mapToDouble(e -> e.metric(metric)).summaryStatistics();
        gaps.put(metric, values.getMax() - values.getMin());
      }
    }
    return gaps;
  }

  private static <T extends Targets> Evaluation evaluate(
      Evaluator<T> evaluator, HostTensor scores, Labeled<?> truth) {
    T targets = evaluator.targets().cast(truth.targets());
    return evaluator.evaluate(scores, new Labeled<>(truth.examples(), targets));
  }
}
