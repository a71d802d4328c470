package dev.graft.benchmarks.speed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A process that measures on request: one of Graft's backends ({@link StepWorker}) or a peer in
 * Python. Answers are lines of JSON behind an {@code @}; all other lines are ignored. For one
 * thread; whoever starts it closes it.
 */
final class Contender implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;
  private final Map<String, String> versions = new TreeMap<>();

  private Contender(String name, Process process) {
    this.name = name;
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Starts a process and waits until it is ready.
   *
   * @param log where its error output goes
   * @throws ContenderException if it cannot be started or says that it cannot measure
   */
  static Contender start(String name, ProcessBuilder builder, File log) {
    Process process;
    try {
      process = builder.redirectError(ProcessBuilder.Redirect.appendTo(log)).start();
    } catch (IOException e) {
      throw new ContenderException(name + " cannot be started: " + e.getMessage());
    }
    Contender contender = new Contender(name, process);
    try {
      contender
          .read()
          .path("versions")
          .properties()
          .forEach(e -> contender.versions.put(e.getKey(), e.getValue().asText()));
      return contender;
    } catch (ContenderException e) {
      contender.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  Map<String, String> versions() {
    return versions;
  }

  /** Builds, compiles and runs once; the seconds that took. */
  double prepare(Measure measure) {
    return ask("prepare " + measure.name()).path("seconds").asDouble();
  }

  /** The milliseconds of each run. */
  double[] run(Measure measure, int count) {
    return numbers(ask("run " + measure.name() + " " + count).path("milliseconds"));
  }

  /** First losses and outputs, for comparison with others. */
  Check check() {
    JsonNode answer = ask("check");
    return new Check(numbers(answer.path("losses")), numbers(answer.path("outputs")));
  }

  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Check(double[] losses, double[] outputs) {}

  /** The largest resident memory so far, in MiB; 0 if unknown. */
  double memory() {
    return ask("memory").path("mebibytes").asDouble();
  }

  private static double[] numbers(JsonNode list) {
    double[] values = new double[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).asDouble();
    }
    return values;
  }

  private JsonNode ask(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new ContenderException(name + " has ended: " + e.getMessage());
    }
    return read();
  }

  private JsonNode read() {
    try {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith("@")) {
          JsonNode answer = JSON.readTree(line.substring(1));
          if (answer.has("error")) {
            throw new ContenderException(answer.path("error").asText());
          }
          return answer;
        }
      }
    } catch (IOException e) {
      throw new ContenderException(name + " answers nonsense: " + e.getMessage());
    }
    throw new ContenderException(name + " ended without an answer");
  }

  @Override
  public void close() {
    try {
      commands.write("quit\n");
      commands.close();
    } catch (IOException e) {
      // It has ended already.
    }
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
