package dev.graft.cli;

import dev.graft.benchmarks.suite.ScoreRegret;
import dev.graft.benchmarks.suite.SuiteFile;
import dev.graft.benchmarks.suite.SuiteReader;
import dev.graft.data.LoaderOptions;
import dev.graft.datasets.DiskFeatureStore;
import dev.graft.strategies.Graft;
import dev.graft.transfer.FeatureStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graft bench regret SUITE.yaml}. */
@Command(
    name = "regret",
    description =
        "Trains every network of a suite on every task, and says what choosing by the scores of"
            + " 'graft rank' would have cost.",
    mixinStandardHelpOptions = true)
final class RegretCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SUITE", description = "The suite, a .yaml file.")
  private Path suite = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where results and reports of the suite go.")
  private Path out = Path.of("");

  @Option(
      names = "--data-root",
      paramLabel = "DIR",
      description = "Where the suite's relative paths begin; without it, at the suite file.")
  private @Nullable Path dataRoot;

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "400",
      description = "How many examples the scores look at, at most. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    SuiteFile file = SuiteReader.read(suite, Optional.ofNullable(dataRoot));
    LoaderOptions loading = LoaderOptions.strict();
    try (Console console = new Console();
        Console.Interruption interruption = Console.interruption(Duration.ofSeconds(10));
        Graft graft =
            Graft.open(
                binder ->
                    binder
                        .bind(FeatureStore.class)
                        .toInstance(
                            new DiskFeatureStore(
                                out.resolve("features"), TrainCommand.CACHE_LIMIT, loading)))) {
      ScoreRegret.run(
          file,
          suite,
          out,
          most,
          graft,
          console.suite(),
          interruption.cancellation(),
          spec.commandLine().getOut());
    }
    return 0;
  }
}
