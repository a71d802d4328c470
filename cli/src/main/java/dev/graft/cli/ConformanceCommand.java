package dev.graft.cli;

import dev.graft.backend.BackendException;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import dev.graft.strategies.BackendChoice;
import dev.graft.testkit.ConformanceCase;
import dev.graft.testkit.ConformanceReport;
import dev.graft.testkit.ConformanceRun;
import dev.graft.testkit.ConformanceSuite;
import dev.graft.testkit.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graft conformance}. */
@Command(
    name = "conformance",
    description = {
      "Checks a backend against the reference interpreter, ONNX's node cases and PyTorch's"
          + " gradients.",
      "Without --nodes and --gradients: random nodes, contracts, training, export, threads,"
          + " memory."
    },
    mixinStandardHelpOptions = true)
final class ConformanceCommand implements Callable<Integer> {
  @Option(
      names = "--nodes",
      paramLabel = "DIR",
      description = "A folder of ONNX node cases: NAME/model.onnx, NAME/test_data_set_0/*.pb.")
  private @Nullable Path nodes;

  @Option(
      names = "--gradients",
      paramLabel = "DIR",
      description = "A folder of models with gradients that PyTorch recorded.")
  private @Nullable Path gradients;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write all cases as JSON.")
  private @Nullable Path json;

  @Option(names = "--quiet", description = "Print only what did not pass, and the summary.")
  private boolean quiet;

  @Mixin private EngineOptions engine = new EngineOptions();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<ConformanceCase> cases = new ArrayList<>();
    if (nodes == null && gradients == null) {
      cases.addAll(ConformanceSuite.own(ConformanceSuite.SEED));
    }
    if (nodes != null) {
      cases.addAll(ConformanceSuite.nodes(requireFolder(nodes)));
    }
    if (gradients != null) {
      cases.addAll(ConformanceSuite.gradients(requireFolder(gradients)));
    }
    if (cases.isEmpty()) {
      throw new BackendException("there is no case in the given folders");
    }
    BackendChoice choice = engine.choice(spec.commandLine().getErr());
    BackendProvider provider = Backends.discover().choose(choice.name());
    ConformanceReport report;
    try (ConformanceRun run =
        ConformanceRun.of(() -> provider.open(choice.device(), choice.options()))) {
      report =
          run.run(
              cases,
              result -> {
                if (!quiet || result.status() != Status.PASSED) {
                  out.println(result);
                  out.flush();
                }
              });
    }
    out.println(report.summary());
    if (json != null) {
      write(json, report.toJson());
    }
    return report.isConforming() ? 0 : 1;
  }

  private static Path requireFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw Files.exists(folder)
          ? new NotDirectoryException(folder.toString())
          : new NoSuchFileException(folder.toString());
    }
    return folder;
  }

  private static void write(Path file, String text) throws IOException {
    Path target = file.toAbsolutePath();
    Path temporary = Files.createTempFile(target.getParent(), "conformance", ".tmp");
    Files.writeString(temporary, text);
    Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
  }
}
