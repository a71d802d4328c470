package dev.graft.benchmarks.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a report says about a suite besides its results.
 *
 * @param name the suite's name, as in every cell
 * @param title a headline
 * @param text what the suite asks, in a few sentences
 * @param metric the metric that verdicts are about, between 0 and 1 and better when higher
 * @param baseline the strategy that the others are compared with
 * @param stories for data sets, by name, what the task is
 * @param reproduce the command lines that make the results again
 * @param fairness how the arms were kept alike
 * @param warnings what a reader must know before believing a result
 */
public record SuiteDescription(
    String name,
    String title,
    String text,
    String metric,
    String baseline,
    Map<String, String> stories,
    List<String> reproduce,
    List<String> fairness,
    List<String> warnings) {
  public SuiteDescription {
    stories = Collections.unmodifiableMap(new LinkedHashMap<>(stories));
    reproduce = List.copyOf(reproduce);
    fairness = List.copyOf(fairness);
    warnings = List.copyOf(warnings);
  }

  /** With more for readers to know. */
  public SuiteDescription withWarnings(List<String> more) {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(more);
    return new SuiteDescription(
        name, title, text, metric, baseline, stories, reproduce, fairness, all);
  }
}
