package dev.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.UnsupportedGraphException;
import dev.graft.graph.Attributes;
import dev.graft.graph.Node;
import dev.graft.graph.Operators;
import dev.graft.tensor.DType;
import dev.graft.testkit.reference.ReferenceBackendProvider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LackingTest {
  private static final ConformanceCase.Body WORKS = s -> {};

  private static final ConformanceCase.Body REFUSES =
      s -> {
        Node node =
            new Node("n", Operators.get("Einsum"), List.of(), List.of("y"), Attributes.NONE);
        throw new UnsupportedGraphException("some", Map.of(node, "has none"));
      };

  private static final ConformanceCase.Body IS_WRONG =
      s -> {
        throw new AssertionError("3 instead of 2");
      };

  private static ConformanceCase einsum(ConformanceCase.Body body) {
    return new ConformanceCase(
        "operator", "Einsum#1", Set.of("Einsum"), Set.of(DType.FLOAT16), body);
  }

  private static CaseResult outcome(Lacking lacking, ConformanceCase.Body body) {
    try (ConformanceRun run =
        ConformanceRun.of(() -> new ReferenceBackendProvider().open(), lacking)) {
      return run.run(einsum(body));
    }
  }

  @Test
  void aCoreRowMayNotBeLacked() {
    assertThrows(
        IllegalArgumentException.class, () -> Lacking.NOTHING.operator("Conv", "too hard"));
  }

  @Test
  void aReasonIsRequired() {
    assertThrows(IllegalArgumentException.class, () -> Lacking.NOTHING.operator("Einsum", " "));
  }

  @Test
  void whatIsDeclaredAndRefusedIsUnsupported() {
    Lacking lacking = Lacking.NOTHING.operator("Einsum", "no kernel");
    assertEquals(Status.UNSUPPORTED, outcome(lacking, REFUSES).status());
    assertTrue(outcome(lacking, REFUSES).reason().contains("no kernel"));
  }

  @Test
  void whatIsDeclaredButRunsIsAFailure() {
    Lacking lacking = Lacking.NOTHING.dtype(DType.FLOAT16, "no half floats");
    assertEquals(Status.FAILED, outcome(lacking, WORKS).status());
  }

  @Test
  void whatIsRefusedButNotDeclaredIsAFailure() {
    assertEquals(Status.FAILED, outcome(Lacking.NOTHING, REFUSES).status());
  }

  @Test
  void anUndeclaredBackendMayRefuse() {
    try (ConformanceRun run = ConformanceRun.of(() -> new ReferenceBackendProvider().open())) {
      assertEquals(Status.UNSUPPORTED, run.run(einsum(REFUSES)).status());
      assertEquals(Status.FAILED, run.run(einsum(IS_WRONG)).status());
    }
  }

  @Test
  void aToleratedFailureKeepsItsReason() {
    Lacking lacking = Lacking.NOTHING.tolerate("operator/Ein*", "a fault of the engine");
    CaseResult result = outcome(lacking, IS_WRONG);
    assertEquals(Status.UNSUPPORTED, result.status());
    assertTrue(result.reason().contains("a fault of the engine"));
    assertTrue(result.reason().contains("3 instead of 2"));
    assertEquals(Status.PASSED, outcome(lacking, WORKS).status());
  }

  @Test
  void aPatternMatchesOnlyItsOwnCases() {
    Lacking lacking = Lacking.NOTHING.tolerate("operator/Conv*", "a fault of the engine");
    assertEquals(Status.FAILED, outcome(lacking, IS_WRONG).status());
  }
}
