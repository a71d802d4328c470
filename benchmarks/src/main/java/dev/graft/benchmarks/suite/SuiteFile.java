package dev.graft.benchmarks.suite;

import dev.graft.datasets.DataOptions;
import dev.graft.datasets.RowImages;
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
 * @param baseline the name of the arm that others are compared with
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
   * @param cut where new heads go; empty for the best place
   */
  public record Model(String name, Network network, Optional<String> cut) {}

  /** Where a network comes from. */
  public sealed interface Network {
    /**
     * A file in a format that is on the class path.
     *
     * @param preprocessingType and {@code preprocessing}: what its input expects
     * @param trainedOn the data it was pre-trained on
     * @param trainedClasses the classes it was pre-trained on
     */
    record OfFile(
        Path file,
        String preprocessingType,
        Map<String, Object> preprocessing,
        Optional<String> trainedOn,
        List<String> trainedClasses)
        implements Network {}

    /** One of the {@link dev.graft.model.NamedModels}. */
    record Named(String name) implements Network {}
  }

  /**
   * A target task, or one for each group of its examples.
   *
   * @param train where labelled examples come from
   * @param test where test examples come from
   * @param testExamples the most test examples to judge by, always the same ones, in proportion to
   *     the classes; empty for all
   * @param classes the only classes to keep, if there are some; the others' examples are left out
   * @param superclasses of CIFAR-100: the classes of these are kept
   * @param images how rows of numbers are seen as images; empty if they are not
   * @param options how the files are opened
   */
  public record Data(
      String name,
      Path train,
      TestPart test,
      OptionalInt testExamples,
      List<String> classes,
      List<String> superclasses,
      Optional<RowImages> images,
      DataOptions options) {}

  /** Where test examples come from. */
  public sealed interface TestPart {
    /** A file or folder of their own. */
    record Separate(Path path) implements TestPart {}

    /** A share of the training data that is held back, always the same examples. */
    record Share(double fraction) implements TestPart {}

    /**
     * One group of the training data is held back.
     *
     * @param name which; empty for each in turn, which makes a task of each
     */
    record Group(Optional<String> name) implements TestPart {}
  }

  /**
   * A strategy with its settings.
   *
   * @param name what cells and reports call it
   * @param network what it starts from in place of the cell's network; empty for the cell's
   * @param cut where its head goes; empty for where the network's goes
   * @param steps the least number of gradient steps, whatever the number of labels, in place of
   *     epochs; empty if epochs count
   */
  public record Arm(
      String name,
      String strategy,
      Optional<Network.Named> network,
      Optional<String> cut,
      TrainingSettings training,
      OptionalInt steps) {}

  /** A backend, and where it computes. */
  public record Engine(String backend, Place place) {}
}
