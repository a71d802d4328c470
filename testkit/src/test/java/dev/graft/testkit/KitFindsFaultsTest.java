package dev.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.testkit.FaultyBackend.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kit is worth what it finds: every fault fails the case that is there for it. */
class KitFindsFaultsTest {
  private static CaseResult outcome(Fault fault, String fullName) {
    List<ConformanceCase> named =
        ConformanceSuite.own(ConformanceSuite.SEED).stream()
            .filter(c -> c.fullName().equals(fullName))
            .toList();
    assertEquals(1, named.size(), "cases called " + fullName);
    try (ConformanceRun run = ConformanceRun.of(() -> new FaultyBackend(fault), Lacking.NOTHING)) {
      return run.run(named.get(0));
    }
  }

  private static void finds(Fault fault, String fullName) {
    CaseResult good = outcome(Fault.NONE, fullName);
    assertEquals(Status.PASSED, good.status(), good.toString());
    CaseResult bad = outcome(fault, fullName);
    assertEquals(Status.FAILED, bad.status(), bad.toString());
    assertTrue(!bad.reason().isBlank(), "a failure must say why");
  }

  @Test
  void wrongResults() {
    finds(Fault.WRONG_BY_A_HUNDREDTH, "operator/Conv#1");
    finds(Fault.WRONG_BY_A_HUNDREDTH, "decomposition/Gelu#1");
    finds(Fault.WRONG_BY_A_HUNDREDTH, "gradient/MatMul#1");
  }

  @Test
  void feedsThatNobodyChecks() {
    finds(Fault.TAKES_UNKNOWN_FEEDS, "contract/an unknown feed is named");
  }

  @Test
  void aStepThatIsNotAtomic() {
    finds(
        Fault.SPOILS_THE_STATE_WHEN_A_STEP_FAILS,
        "contract/a step that fails leaves the state as it was");
  }

  @Test
  void updatesThatAreForgotten() {
    finds(Fault.FORGETS_HALF_OF_THE_UPDATES, "training/20 steps of the MLP with SGD");
  }

  @Test
  void useAfterClosing() {
    finds(Fault.RUNS_AFTER_CLOSING, "contract/a closed program does not run");
  }

  @Test
  void aRefusalThatNamesNothing() {
    finds(Fault.REFUSES_WITHOUT_NAMES, "refusal/an operator that nobody has is refused by name");
  }

  @Test
  void memoryThatIsNeverGivenBack() {
    finds(Fault.KEEPS_ITS_FEEDS, "memory/flat over 500 training steps");
  }
}
