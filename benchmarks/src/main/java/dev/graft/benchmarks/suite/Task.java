package dev.graft.benchmarks.suite;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.Splits;
import dev.graft.random.Seed;

/**
 * A target task.
 *
 * @param pool the examples that labelled ones are drawn from
 * @param test the examples that results are measured on; strategies never see them
 */
public record Task(Labeled<ClassLabels> pool, Labeled<ClassLabels> test) {
  /**
   * The labelled examples of one seed: the same for every strategy, and nested over label counts.
   *
   * @param labelsPerClass examples of each class, or {@link Cell#ALL}
   */
  Labeled<ClassLabels> labelled(int labelsPerClass, long seed) {
    return labelsPerClass == Cell.ALL
        ? pool
        : pool.subset(
            Splits.perClass(pool.targets(), labelsPerClass, new Seed(seed).derive("labels")));
  }
}
