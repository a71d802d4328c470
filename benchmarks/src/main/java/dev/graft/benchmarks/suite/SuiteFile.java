package dev.graft.benchmarks.suite;

import dev.graft.backend.Device;
import dev.graft.datasets.DataOptions;
import dev.graft.train.TrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A suite as a YAML file describes it, checked: every file named is there, and every key is known.
 *
 * @param name the suite's name
 * @param title a headline for the report
 * @param text what it asks
 * @param metric the metric of the verdicts
 * @param baseline the strategy that others are compared with
 * @param models the pre-trained networks
 * @param data the target tasks
 * @param strategies the ways of transfer
 * @param backends the engines
 * @param labelsPerClass label counts, {@link Cell#ALL} for all
 * @param seeds one pair of arms each
 * @param workers how many cells run at once
 * @param threads compute threads of each cell; 0 for all processors
 * @param fairness what the author says about how the arms were kept alike
 * @param warnings what the author wants readers to know
 */
public record SuiteFile(
    String name,
    String title,
    String text,
    String metric,
    String baseline,
    List<Model> models,
    List<Data> data,
    List<Arm> strategies,
    List<Engine> backends,
    List<Integer> labelsPerClass,
    List<Long> seeds,
    int workers,
    int threads,
    List<String> fairness,
    List<String> warnings) {

  /**
   * A pre-trained network.
   *
   * @param file in a format that is on the class path
   * @param cut where new heads go; empty for the best place
   * @param preprocessingType and {@code preprocessing}: what its input expects
   * @param trainedOn the data it was pre-trained on
   * @param trainedClasses the classes it was pre-trained on
   */
  public record Model(
      String name,
      Path file,
      Optional<String> cut,
      String preprocessingType,
      Map<String, Object> preprocessing,
      Optional<String> trainedOn,
      List<String> trainedClasses) {}

  /**
   * A target task.
   *
   * @param train where labelled examples come from
   * @param test the test part; empty if it is held back from {@code train}
   * @param testFraction the share that is held back then, always the same examples
   * @param options how both are opened
   */
  public record Data(
      String name, Path train, Optional<Path> test, double testFraction, DataOptions options) {}

  /**
   * A strategy with its settings.
   *
   * @param steps the least number of gradient steps, whatever the number of labels, in place of
   *     epochs; empty if epochs count
   */
  public record Arm(String strategy, TrainingSettings training, OptionalInt steps) {}

  /** A backend on a device. */
  public record Engine(String backend, Device device) {}
}
