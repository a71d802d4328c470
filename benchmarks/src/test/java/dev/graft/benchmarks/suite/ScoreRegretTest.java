package dev.graft.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.benchmarks.suite.ScoreRegret.Chosen;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreRegretTest {
  private static final Chosen TASK =
      new Chosen(
          Map.of("small", 0.7, "large", 0.9),
          Map.of(
              "right", List.of("large", "large"),
              "wavering", List.of("large", "small")));

  @Test
  void aScoreThatPutsTheBestNetworkFirstHasNoRegret() {
    assertEquals("large", TASK.best());
    assertEquals(0, TASK.regret("right"), 0);
  }

  @Test
  void regretIsTheMeanLossOverTheSeeds() {
    assertEquals(0.1, TASK.regret("wavering"), 1e-12);
  }

  @Test
  void theTableSaysWhatWasChosenAndWhatIsMissing() {
    String table = new ScoreRegret("accuracy", Map.of("letters", TASK), 3).markdown();
    assertTrue(table.contains("| letters | large 0.900 |"), table);
    assertTrue(table.contains(" 0.100 large or small |"), table);
    assertTrue(table.contains("3 cells have no result"), table);
    assertEquals(
        "3 cells have no result; run it again.\n",
        new ScoreRegret("accuracy", Map.of(), 3).markdown());
  }
}
