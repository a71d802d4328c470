package dev.graft.benchmarks.quick;

import dev.graft.benchmarks.suite.SettingsRule;
import dev.graft.benchmarks.suite.Task;
import dev.graft.benchmarks.suite.TransferCells;
import dev.graft.benchmarks.utterances.Utterances;
import dev.graft.model.NamedModels;
import dev.graft.train.TrainingSettings;
import java.util.List;
import java.util.Map;

/**
 * The story of sentences: what a household assistant is told, told apart by a network of sentences,
 * by the same network from scratch, and by counting words.
 */
final class TextStory {
  static final String DATA = "Sentences to intents";
  static final String NETWORK = "all-MiniLM-L6-v2";

  static final List<String> STRATEGIES =
      List.of("from-scratch", "tf-idf", "feature-extraction", "fine-tuning");

  /** A network of 22.6 million parameters takes its time, so there are few points and seeds. */
  private static final List<Integer> LABELS_PER_CLASS = List.of(2, 10);

  static final int MOST_SEEDS = 4;

  static final String TEXT =
      "A household assistant gets two or ten examples of each of eight intents: 320 sentences"
          + " written for Graft, half of them for the test. Does a network that read a billion"
          + " pairs of sentences save labels, and is it better than counting words?";

  /** Steps of gradient training in every cell. */
  static final int STEPS = 15;

  /** For every arm that trains by gradients; fixed before any result was seen. */
  static final TrainingSettings SETTINGS =
      TrainingSettings.DEFAULT
          .withBatchSize(16)
          .stopping(s -> s.withValidationFraction(0).withPatience(0));

  private TextStory() {}

  /** The label counts of a seed: those of the story that the suite is asked for. */
  static List<Integer> labels(List<Integer> asked, long seed) {
    return seed >= MOST_SEEDS
        ? List.of()
        : LABELS_PER_CLASS.stream().filter(asked::contains).toList();
  }

  static TransferCells cells(TransferCells.Services services) {
    return new TransferCells(
        Map.of(DATA, new Task(Utterances.pool(), Utterances.test())),
        Map.of(NETWORK, backend -> NamedModels.discover().get("minilm").load()),
        (strategy, examples) -> SettingsRule.forSteps(SETTINGS, STEPS, examples),
        services);
  }
}
