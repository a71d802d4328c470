package dev.graft.benchmarks.speed;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.backend.Precision;
import dev.graft.benchmarks.suite.PeakMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * A process that measures one workload on one backend, so that engines do not share memory, threads
 * or caches. It speaks the protocol of {@link Contender} on its standard streams:
 *
 * <pre>
 * prepare MEASURE     -&gt; @{"seconds": s}             build, compile and run once
 * run MEASURE COUNT   -&gt; @{"milliseconds": [..]}
 * check               -&gt; @{"losses": [..], "outputs": [..]}
 * memory              -&gt; @{"mebibytes": m}           largest resident memory so far
 * quit
 * </pre>
 *
 * What fails answers {@code @{"error": "..."}}, and the process goes on.
 */
public final class StepWorker {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LOSSES = 5;

  private StepWorker() {}

  /** Arguments: backend, device, precision, workload, threads. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    // Engines print what they like; answers go to the real standard output only.
    System.setOut(System.err);
    Device device = Device.parse(args[1]);
    Precision precision = Precision.valueOf(args[2].toUpperCase(Locale.ROOT));
    Workload workload = Workload.valueOf(args[3].toUpperCase(Locale.ROOT));
    BackendOptions options = new BackendOptions(Integer.parseInt(args[4]));
    try (Backend backend = Backends.discover().get(args[0]).open(device, options);
        StepMeter meter = new StepMeter(workload, backend, precision)) {
      answer(out, Map.of("versions", backend.versions()));
      serve(out, meter);
    } catch (RuntimeException e) {
      answer(out, Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  private static void serve(PrintStream out, StepMeter meter) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("quit")) {
        return;
      }
      Map<String, ?> answer;
      try {
        answer = answer(line.split(" ", -1), meter);
      } catch (RuntimeException e) {
        answer = Map.of("error", String.valueOf(e.getMessage()));
      }
      answer(out, answer);
    }
  }

  private static Map<String, ?> answer(String[] command, StepMeter meter) {
    return switch (command[0]) {
      case "prepare" -> Map.of("seconds", meter.prepare(Measure.valueOf(command[1])));
      case "run" ->
          Map.of(
              "milliseconds", meter.run(Measure.valueOf(command[1]), Integer.parseInt(command[2])));
      case "check" -> Map.of("losses", meter.losses(LOSSES), "outputs", meter.outputs());
      case "memory" -> Map.of("mebibytes", PeakMemory.mebibytes());
      default -> throw new IllegalArgumentException("unknown command " + command[0]);
    };
  }

  private static void answer(PrintStream out, Map<String, ?> answer) throws IOException {
    out.println("@" + JSON.writeValueAsString(answer));
    out.flush();
  }
}
