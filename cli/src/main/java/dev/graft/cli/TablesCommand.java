package dev.graft.cli;

import dev.graft.benchmarks.tables.TableTransfer;
import dev.graft.strategies.BackendChoice;
import dev.graft.strategies.Graft;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graft bench tables}. */
@Command(
    name = "tables",
    description =
        "Transfer between groups of a table: white wines to red, some schools to others, against"
            + " training from scratch.",
    mixinStandardHelpOptions = true)
final class TablesCommand implements Callable<Integer> {
  @Option(
      names = "--data-root",
      required = true,
      paramLabel = "DIR",
      description = "Holds tabular_uci/winequality-*.csv.gz and school/school.mat.")
  private Path dataRoot = Path.of("");

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "10",
      description = "Draws of the rows that are known. Default: ${DEFAULT-VALUE}.")
  private int seeds;

  @Mixin private EngineOptions engine = new EngineOptions();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    BackendChoice choice = engine.choice(spec.commandLine().getErr());
    try (Graft graft = Graft.open(binder -> binder.bind(BackendChoice.class).toInstance(choice))) {
      TableTransfer.run(dataRoot, seeds, graft, out);
    }
    return 0;
  }
}
