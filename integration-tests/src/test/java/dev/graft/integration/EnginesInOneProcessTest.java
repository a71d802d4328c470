package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All engines work beside each other, by turns and at once, in whatever order they were loaded. A
 * library is loaded once in a process, so every order has a process of its own.
 */
class EnginesInOneProcessTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "onnx djl tensorflow",
        "onnx tensorflow djl",
        "djl onnx tensorflow",
        "djl tensorflow onnx",
        "tensorflow onnx djl",
        "tensorflow djl onnx"
      })
  void loadInThisOrderAgreeAndKeepTheirMemory(String order)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                EnginesInOneProcess.class.getName()));
    command.addAll(List.of(order.split(" ")));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code = process.waitFor();
    String said = Files.readString(log, StandardCharsets.UTF_8);
    assertEquals(0, code, said);
    assertTrue(said.contains(EnginesInOneProcess.DONE), said);
  }
}
