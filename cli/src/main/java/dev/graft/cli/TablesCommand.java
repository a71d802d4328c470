package dev.graft.cli;

import dev.graft.benchmarks.tables.TableTransfer;
import dev.graft.strategies.BackendChoice;
import dev.graft.strategies.Graft;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
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

  @Option(
      names = "--first-seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The number of the first draw. Default: ${DEFAULT-VALUE}.")
  private long firstSeed;

  @Mixin private EngineOptions engine = new EngineOptions();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    BackendChoice choice = engine.choice(spec.commandLine().getErr());
    try (Graft graft = Graft.open(binder -> binder.bind(BackendChoice.class).toInstance(choice))) {
      long[] draws = LongStream.range(firstSeed, firstSeed + seeds).toArray();
      TableTransfer.run(dataRoot, draws, graft, out);
    }
    return 0;
  }
}
