package dev.graft.benchmarks.suite;

import dev.graft.train.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the training service reports after each epoch, by its number of steps. Used by one thread.
 */
final class TrainingCourse implements Progress {
  /** The metric by which the training service says how many steps it has made. */
  private static final String STEP = "step";

  private final List<Outcome.TrainingPoint> points = new ArrayList<>();

  @Override
  public void report(Event event) {
    Double step = event.metrics().get(STEP);
    if (step != null) {
      Map<String, Double> measured = new LinkedHashMap<>(event.metrics());
      measured.remove(STEP);
      points.add(new Outcome.TrainingPoint(step.longValue(), measured));
    }
  }

  List<Outcome.TrainingPoint> points() {
    return points;
  }
}
