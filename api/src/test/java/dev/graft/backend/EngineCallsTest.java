package dev.graft.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.BufferedReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EngineCallsTest {
  /** A process with work to wind up, and a call that takes a while. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      Runnable forgotten = () -> System.out.println("forgotten");
      EngineCalls.beforeEnd(forgotten);
      EngineCalls.forget(forgotten);
      EngineCalls.beforeEnd(() -> System.out.println(EngineCalls.call(() -> "wound up")));
      EngineCalls.call(() -> say("begun", 1000) && say("whole", 0));
      // The process is ending by now.
      EngineCalls.call(() -> say("too late", 0));
    }

    private static boolean say(String word, long pause) {
      System.out.println(word);
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return true;
    }
  }

  @Test
  void theEndOfAProcessWaitsForARunningCallAndLetsNoneBegin() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = child.inputReader()) {
      assertEquals("begun", said.readLine());
      child.toHandle().destroy(); // leaves its output open
      assertEquals("wound up", said.readLine());
      assertEquals("whole", said.readLine());
      assertNull(said.readLine());
      assertEquals(128 + 15, child.waitFor());
    } finally {
      child.destroyForcibly();
    }
  }
}
