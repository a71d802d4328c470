package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is told to end while engines compute ends as others do, without a crash. */
class EndedProcessTest {
  /** What a shell gets of a process that followed SIGTERM. */
  private static final int TERMINATED = 128 + 15;

  private static final int ENDINGS = 2;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"onnx", "djl", "tensorflow"})
  void aCallThatIsUnderWayEndsQuietly(String backend) throws IOException, InterruptedException {
    for (int i = 0; i < ENDINGS; i++) {
      Path log = folder.resolve("log" + i);
      Process process = start(backend, log);
      try {
        awaitRun(process, log);
        Thread.sleep(100L * i);
        process.destroy();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        assertEquals(TERMINATED, process.exitValue(), () -> said(log));
      } finally {
        process.destroyForcibly();
      }
    }
    File[] crashes = folder.toFile().listFiles((dir, name) -> name.startsWith("hs_err"));
    assertEquals(0, crashes == null ? 0 : crashes.length, "the JVM left reports of crashes");
  }

  private Process start(String backend, Path log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            RunsUntilEnded.class.getName(),
            backend)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static void awaitRun(Process process, Path log) throws InterruptedException {
    for (int tries = 0; !said(log).contains(RunsUntilEnded.RUNNING); tries++) {
      assertTrue(process.isAlive() && tries < 6_000, () -> "nothing runs: " + said(log));
      Thread.sleep(10);
    }
  }

  private static String said(Path log) {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
