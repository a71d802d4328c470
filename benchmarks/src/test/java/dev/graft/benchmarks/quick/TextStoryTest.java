package dev.graft.benchmarks.quick;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Backends;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.Outcome;
import dev.graft.benchmarks.suite.TransferCells;
import dev.graft.benchmarks.utterances.Utterances;
import dev.graft.data.ClassLabels;
import dev.graft.data.Duplicate;
import dev.graft.data.Labeled;
import dev.graft.data.LoaderOptions;
import dev.graft.eval.Evaluators;
import dev.graft.strategies.training.GradientTrainer;
import dev.graft.train.Cancellation;
import dev.graft.transfer.Strategies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextStoryTest {
  @Test
  void thereAreTwentySentencesOfEachIntentOnBothSidesAndNoneTwice() {
    assertEquals(8, Utterances.all().targets().classes().size());
    for (Labeled<ClassLabels> part : List.of(Utterances.pool(), Utterances.test())) {
      assertTrue(Arrays.stream(part.targets().counts()).allMatch(n -> n == 20));
    }
    assertEquals(
        List.of(), Duplicate.between(Utterances.pool().examples(), Utterances.test().examples()));
  }

  @Test
  void aNetworkOfSentencesNeedsFewerLabelsThanCountingWords() throws Exception {
    TransferCells.Services services =
        new TransferCells.Services(
            Backends.discover(),
            Strategies.discover(),
            Evaluators.discover(),
            new GradientTrainer(),
            new KeptFeatures(LoaderOptions.strict()),
            0);
    try (TransferCells cells = TextStory.cells(List.of(TextStory.utterances()), services)) {
      double words = accuracy(cells, "tf-idf");
      double network = accuracy(cells, "feature-extraction");
      assertTrue(words > 0.2 && network > words + 0.2, network + " against " + words);
    }
  }

  @Test
  void aTableOfTextsIsAStoryWithASmallTestPart(@TempDir Path folder) throws IOException {
    StringBuilder table = new StringBuilder("label\ttext\n");
    for (int i = 0; i < 1000; i++) {
      table.append(i % 5 == 0 ? "spam" : "ham").append("\tmessage number ").append(i).append('\n');
    }
    TextStory story = TextStory.of(Files.writeString(folder.resolve("mail.tsv"), table));
    assertEquals("Texts of mail.tsv", story.data());
    assertArrayEquals(new int[] {160, 40}, story.task().test().targets().counts());
    assertArrayEquals(new int[] {640, 160}, story.task().pool().targets().counts());
    assertEquals(List.of(2, 10), story.labels(List.of(1, 2, 5, 10), 0));
    assertEquals(List.of(), story.labels(List.of(1, 2, 5, 10), TextStory.MOST_SEEDS));
  }

  private static double accuracy(TransferCells cells, String strategy) throws Exception {
    Cell cell =
        new Cell(
            "quick",
            TextStory.utterances().data(),
            TextStory.NETWORK,
            strategy,
            "onnx",
            "cpu",
            10,
            0,
            "none");
    Outcome outcome = cells.run(cell, Cancellation.NEVER);
    return outcome.metrics().get("accuracy");
  }
}
