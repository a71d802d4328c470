package dev.graft.cli;

import dev.graft.benchmarks.report.RunComparison;
import dev.graft.benchmarks.report.RunComparisonReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graft bench compare DIR1 DIR2}. */
@Command(
    name = "compare",
    description = {
      "Holds two runs of a benchmark against each other, cell by cell: where the second is better or"
          + " worse, and what is different about versions and machine.",
    },
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "BEFORE",
      description = "Output directory of the first run.")
  private Path before = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "AFTER",
      description = "Output directory of the second run.")
  private Path after = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "compare-report",
      description = "Where the report goes. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("compare-report");

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    RunComparisonReport.write(out, RunComparison.of(before, after));
    PrintWriter writer = spec.commandLine().getOut();
    writer.println(Files.readString(out.resolve("compare.md")));
    writer.println("The report is " + out.resolve("compare.html"));
    writer.flush();
    return 0;
  }
}
