package dev.graft.benchmarks.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.train.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendComparisonTest {
  @TempDir Path directory;

  @Test
  void backendIsMeasuredAndMissingPeersAreNamed() throws IOException {
    BackendComparison.Options options =
        BackendComparison.Options.DEFAULT
            .withWorkloads(List.of(Workload.MLP))
            .withBackends(List.of("onnx"))
            .withThreads(1)
            .withRounds(1)
            .withPeers("no-such-python");
    List<SpeedResult> results =
        BackendComparison.run(directory, options, (w, c, m) -> {}, Cancellation.NEVER);

    SpeedResult onnx = results.get(0);
    assertEquals(List.of(), onnx.problems());
    for (Measure measure : Measure.values()) {
      SpeedResult.Timing timing = onnx.milliseconds().get(measure);
      assertTrue(timing != null && timing.median() > 0, measure.title());
    }
    assertTrue(onnx.peakMemoryMiB() >= 0);

    SpeedResult peer = results.get(1);
    assertTrue(peer.peer());
    assertTrue(peer.problems().get(0).contains("cannot be started"), peer.problems().toString());

    String html = Files.readString(directory.resolve("speed.html"));
    assertTrue(html.contains("training step") && html.contains("What could not be measured"));
    assertFalse(html.matches("(?s).*(https?://|\\bsrc\\s*=|\\bhref\\s*=).*"), "nothing outside");
    assertTrue(Files.readString(directory.resolve("speed.md")).contains("| onnx |"));
    assertTrue(Files.exists(directory.resolve("models/mlp.onnx")));
    assertTrue(Files.exists(directory.resolve("peers/protocol.py")));
  }

  @Test
  void quartilesAreThoseOfTheSortedTimes() {
    SpeedResult.Timing t = SpeedResult.Timing.of(new double[] {5, 1, 4, 2, 3});
    assertEquals(new SpeedResult.Timing(2, 3, 4, 5), t);
  }
}
