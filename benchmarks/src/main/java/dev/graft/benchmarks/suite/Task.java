package dev.graft.benchmarks.suite;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;

/**
 * A target task.
 *
 * @param pool the examples that labelled ones are drawn from
 * @param test the examples that results are measured on; strategies never see them
 */
public record Task(Labeled<ClassLabels> pool, Labeled<ClassLabels> test) {}
