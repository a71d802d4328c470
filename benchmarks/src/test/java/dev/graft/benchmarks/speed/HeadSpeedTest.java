package dev.graft.benchmarks.speed;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeadSpeedTest {
  @Test
  void aHeadIsFittedOnceAndTellsMostClassesApart() throws IOException {
    StringWriter out = new StringWriter();
    HeadSpeed.run(Optional.empty(), 1, new PrintWriter(out));
    assertTrue(
        out.toString().matches("Graft +\\d+\\.\\d\\d s, accuracy 0\\.[6-9]\\d+\\s+"),
        out.toString());
  }
}
