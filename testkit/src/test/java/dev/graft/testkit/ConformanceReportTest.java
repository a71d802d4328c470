package dev.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConformanceReportTest {
  private static final ConformanceReport REPORT =
      new ConformanceReport(
          "some",
          "cpu",
          Map.of("engine", "1.0"),
          List.of(
              new CaseResult("node", "good", Status.PASSED, "", 0.5),
              new CaseResult("node", "bad", Status.FAILED, "says \"no\"\n\tand \\ stops", 1),
              new CaseResult("operator", "absent", Status.UNSUPPORTED, "lacks it", 0)));

  @Test
  void oneFailureSpoilsTheReport() {
    assertFalse(REPORT.isConforming());
    assertTrue(
        new ConformanceReport("some", "cpu", Map.of(), REPORT.results().subList(2, 3))
            .isConforming());
  }

  @Test
  void theSummaryCountsByGroup() {
    String[] lines = REPORT.summary().split("\n");
    assertEquals(3, lines.length);
    assertTrue(lines[0].startsWith("node") && lines[0].contains("1 passed     1 failed"), lines[0]);
    assertTrue(lines[2].startsWith("all") && lines[2].contains("1 unsupported"), lines[2]);
  }

  @Test
  void jsonHoldsEveryCaseWithItsReason() throws IOException {
    JsonNode json = new ObjectMapper().readTree(REPORT.toJson());
    assertEquals("some", json.get("backend").asText());
    assertEquals("1.0", json.get("versions").get("engine").asText());
    assertEquals(1, json.get("summary").get("failed").asInt());
    assertEquals(3, json.get("cases").size());
    JsonNode bad = json.get("cases").get(1);
    assertEquals("failed", bad.get("status").asText());
    assertEquals("says \"no\"\n\tand \\ stops", bad.get("reason").asText());
  }
}
