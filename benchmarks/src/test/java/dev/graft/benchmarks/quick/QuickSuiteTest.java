package dev.graft.benchmarks.quick;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.benchmarks.report.Findings;
import dev.graft.benchmarks.suite.SuiteProgress;
import dev.graft.train.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickSuiteTest {
  @TempDir Path directory;

  @Test
  void theStoriesOfDigitsRunAndAreNotRunAgain() throws IOException {
    QuickSuite.Options small =
        QuickSuite.Options.DEFAULT.withSeeds(2).withLabelsPerClass(List.of(5, 20));
    Findings found = QuickSuite.run(directory, small, SuiteProgress.SILENT, Cancellation.NEVER);
    assertEquals(List.of(), found.failures());
    assertEquals(2, found.stories().size());
    assertEquals(24, Files.readAllLines(directory.resolve("results.jsonl")).size());
    found
        .stories()
        .forEach(
            story ->
                story
                    .curves()
                    .forEach(
                        (strategy, curve) ->
                            assertTrue(curve.get(20).mean() > 0.6, story.data() + " " + strategy)));

    AtomicInteger reports = new AtomicInteger();
    Findings again =
        QuickSuite.run(
            directory, small, (done, total, last) -> reports.incrementAndGet(), Cancellation.NEVER);
    assertEquals(1, reports.get(), "only the note that all cells are done");
    assertEquals(found.stories(), again.stories());
    assertTrue(Files.readString(directory.resolve("report.html")).contains("5–9"));
  }

  @Test
  void askingForMoreLabelsThanThereAreIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> QuickSuite.Options.DEFAULT.withLabelsPerClass(List.of(5, 500)));
  }
}
