package dev.graft.cli;

import dev.graft.benchmarks.suite.ScoreRegret;
import dev.graft.benchmarks.suite.SuiteFile;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code graft bench regret SUITE.yaml}. */
@Command(
    name = "regret",
    description =
        "Trains every network of a suite on every task, and says what choosing by the scores of"
            + " 'graft rank' would have cost.",
    mixinStandardHelpOptions = true)
final class RegretCommand implements Callable<Integer> {
  @Mixin private SuiteOptions suite = new SuiteOptions();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    SuiteFile file = suite.read();
    try (Console console = new Console();
        Console.Interruption interruption = Console.interruption(Duration.ofSeconds(10))) {
      ScoreRegret found =
          ScoreRegret.run(file, suite.out(), console.suite(), interruption.cancellation());
      console.close();
      spec.commandLine().getOut().print(found.markdown());
      spec.commandLine().getOut().flush();
      return found.missing() == 0 ? 0 : 1;
    }
  }
}
