package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.cli.SmallTask.Outcome;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user gets who names no backend, by what is on the class path. */
class BackendChoiceTest {
  private static final String SERVICE = "META-INF/services/dev.graft.backend.BackendProvider";

  @TempDir Path folder;

  /** A class path on which only some of the modules offer a backend. */
  private static final class Only extends ClassLoader {
    private final List<String> modules;

    Only(String... modules) {
      super(BackendChoiceTest.class.getClassLoader());
      this.modules = List.of(modules);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      List<URL> all = Collections.list(super.getResources(name));
      return name.equals(SERVICE)
          ? Collections.enumeration(
              all.stream()
                  .filter(u -> modules.stream().anyMatch(m -> u.toString().contains(m)))
                  .toList())
          : Collections.enumeration(all);
    }
  }

  private Outcome train(ClassLoader path) throws IOException {
    SmallTask task = new SmallTask(folder);
    String[] command = {
      "train",
      "--model",
      task.network.toString(),
      "--data",
      task.pictures.toString(),
      "--strategy",
      "feature-extraction",
      "--cache",
      folder.resolve("cache").toString(),
      "--out",
      folder.resolve("made").toString()
    };
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(path);
    try {
      return SmallTask.run(command);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private String used() throws IOException {
    return java.nio.file.Files.readString(folder.resolve("made/metrics.json"));
  }

  @Test
  void theOnlyBackendIsTakenWithoutAsking() throws IOException {
    for (String name : new String[] {"onnx", "djl", "tensorflow"}) {
      Outcome outcome = train(new Only("backend-" + name));
      assertEquals(0, outcome.code(), outcome.err());
      assertTrue(used().contains("\"backend\" : \"" + name + '"'), used());
      assertFalse(outcome.err().contains("default order"), outcome.err());
    }
  }

  @Test
  void ofTwoTheFirstInTheDefaultOrderIsTakenAndSaid() throws IOException {
    Outcome outcome = train(new Only("backend-tensorflow", "backend-djl"));
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(used().contains("\"backend\" : \"djl\""), used());
    assertTrue(
        outcome.err().contains("backend 'djl', the first in the default order"), outcome.err());
  }

  @Test
  void withoutOneTheArtifactsToAddAreNamed() throws IOException {
    Outcome outcome = train(new Only());
    assertEquals(2, outcome.code());
    for (String artifact : Arrays.asList("onnx", "djl", "tensorflow")) {
      assertTrue(outcome.err().contains("dev.graft:graft-backend-" + artifact), outcome.err());
    }
  }
}
