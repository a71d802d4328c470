package dev.graft.benchmarks.quick;

import dev.graft.benchmarks.suite.ArmRule;
import dev.graft.benchmarks.suite.Task;
import dev.graft.benchmarks.suite.TransferCells;
import dev.graft.benchmarks.utterances.Utterances;
import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.Splits;
import dev.graft.datasets.DataKind;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.model.NamedModels;
import dev.graft.random.Seed;
import dev.graft.train.TrainingSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A story of texts, told apart by a network of sentences, by the same network from scratch, and by
 * counting words.
 *
 * @param data its name
 * @param text what it asks
 * @param task the texts
 */
record TextStory(String data, String text, Task task) {
  static final String NETWORK = "all-MiniLM-L6-v2";

  static final List<String> STRATEGIES =
      List.of("from-scratch", "tf-idf", "feature-extraction", "fine-tuning");

  /** A network of 22.6 million parameters takes its time, so there are few points and seeds. */
  private static final List<Integer> LABELS_PER_CLASS = List.of(2, 10);

  static final int MOST_SEEDS = 4;

  /** Steps of gradient training in every cell. */
  static final int STEPS = 15;

  /** For every arm that trains by gradients; fixed before any result was seen. */
  static final TrainingSettings SETTINGS =
      TrainingSettings.DEFAULT
          .withBatchSize(16)
          .stopping(s -> s.withValidationFraction(0).withPatience(0));

  /** Of a file of texts not more than so many, and not more than this part, are the test. */
  private static final int MOST_TESTED = 200;

  private static final double TEST_SHARE = 0.3;
  private static final Seed TEST_PART = new Seed(20_260_103);

  /** What a household assistant is told. */
  static TextStory utterances() {
    return new TextStory(
        "Sentences to intents",
        "A household assistant gets two or ten examples of each of eight intents: 320 sentences"
            + " written for Graft, half of them for the test. Does a network that read a billion"
            + " pairs of sentences save labels, and is it better than counting words?",
        new Task(Utterances.pool(), Utterances.test()));
  }

  /**
   * The texts of a table.
   *
   * @throws dev.graft.data.DataException if it has no column of texts or of labels
   */
  static TextStory of(Path file) {
    Labeled<ClassLabels> all =
        Datasets.open(file, DataOptions.DEFAULTS.withKind(DataKind.TEXT)).data();
    double share = Math.min(TEST_SHARE, (double) MOST_TESTED / all.size());
    List<int[]> parts = Splits.stratified(all.targets(), TEST_PART, share, 1 - share);
    return new TextStory(
        "Texts of " + file.getFileName(),
        "The same on texts of yours: " + String.join(", ", all.targets().classes()) + ".",
        new Task(all.subset(parts.get(1)), all.subset(parts.get(0))));
  }

  /** The label counts of a seed: those that the suite is asked for and there are texts for. */
  List<Integer> labels(List<Integer> asked, long seed) {
    int scarcest = Arrays.stream(task.pool().targets().counts()).min().orElse(0);
    return seed >= MOST_SEEDS
        ? List.of()
        : LABELS_PER_CLASS.stream().filter(asked::contains).filter(n -> n <= scarcest).toList();
  }

  static TransferCells cells(List<TextStory> stories, TransferCells.Services services) {
    Map<String, Task> tasks =
        stories.stream().collect(Collectors.toMap(TextStory::data, TextStory::task));
    return new TransferCells(
        tasks,
        Map.of(NETWORK, backend -> NamedModels.discover().get("minilm").load()),
        (strategy, examples) -> ArmRule.forSteps(SETTINGS, STEPS, examples),
        services);
  }
}
