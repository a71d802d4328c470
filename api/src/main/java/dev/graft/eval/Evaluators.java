package dev.graft.eval;

import dev.graft.data.Labeled;
import dev.graft.data.Targets;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

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

  private static <T extends Targets> Evaluation evaluate(
      Evaluator<T> evaluator, HostTensor scores, Labeled<?> truth) {
    T targets = evaluator.targets().cast(truth.targets());
    return evaluator.evaluate(scores, new Labeled<>(truth.examples(), targets));
  }
}
