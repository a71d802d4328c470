package dev.graft.cli;

import dev.graft.benchmarks.quick.QuickSuite;
import dev.graft.benchmarks.report.Findings;
import dev.graft.benchmarks.report.Story;
import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Verdict;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.FileSuite;
import dev.graft.benchmarks.suite.SuiteFile;
import dev.graft.benchmarks.suite.SuiteReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graft bench}. */
@Command(
    name = "bench",
    description = "Compares transfer with training from scratch, and backends with each other.",
    mixinStandardHelpOptions = true,
    subcommands = {BenchCommand.Quick.class, BenchCommand.Run.class})
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code graft bench quick}. */
  @Command(
      name = "quick",
      description = "The whole job in a few minutes, on digits that come with Graft.",
      mixinStandardHelpOptions = true)
  static final class Quick implements Callable<Integer> {
    @Option(
        names = "--out",
        paramLabel = "DIR",
        defaultValue = "quick-report",
        description = "Where results and reports go. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("quick-report");

    @Option(
        names = "--seeds",
        paramLabel = "N",
        defaultValue = "10",
        description = "Repetitions; ten or more give the tests their power. Default: 10.")
    private int seeds = 10;

    @Mixin private EngineOptions engine = new EngineOptions();
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      QuickSuite.Options options = QuickSuite.Options.DEFAULT.withSeeds(seeds);
      if (engine.name().isPresent()) {
        options = options.withBackend(engine.name().get(), engine.device());
      }
      try (Console console = new Console();
          Console.Interruption interruption = Console.interruption(Duration.ofSeconds(10))) {
        Findings findings =
            QuickSuite.run(out, options, console.suite(), interruption.cancellation());
        console.close();
        return conclude(findings, out, spec);
      }
    }
  }

  /** {@code graft bench run SUITE.yaml}. */
  @Command(
      name = "run",
      description = {
        "Runs a suite that a file describes: models x data x strategies x backends x labels x"
            + " seeds.",
        "Cells that are finished are not run again after an interruption."
      },
      mixinStandardHelpOptions = true)
  static final class Run implements Callable<Integer> {
    @Parameters(paramLabel = "SUITE", description = "The suite, a .yaml file.")
    private Path suite = Path.of("");

    @Option(
        names = "--out",
        required = true,
        paramLabel = "DIR",
        description = "Where results and reports go.")
    private Path out = Path.of("");

    @Option(
        names = "--data-root",
        paramLabel = "DIR",
        description = "Where the suite's relative paths begin; without it, at the suite file.")
    private @Nullable Path dataRoot;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      SuiteFile file = SuiteReader.read(suite, Optional.ofNullable(dataRoot));
      try (Console console = new Console();
          Console.Interruption interruption = Console.interruption(Duration.ofSeconds(10))) {
        Findings findings =
            FileSuite.run(file, suite, out, console.suite(), interruption.cancellation());
        console.close();
        return conclude(findings, out, spec);
      }
    }
  }

  /** Prints what was found; 1 if cells failed. */
  private static int conclude(Findings findings, Path out, CommandSpec spec) {
    PrintWriter writer = spec.commandLine().getOut();
    String baseline = findings.description().baseline();
    for (Story story : findings.stories()) {
      writer.printf(
          "%n%s, %s on %s %s%n", story.data(), story.model(), story.backend(), story.device());
      writer.printf("%8s  %-20s %17s %17s  %s%n", "labels", "strategy", "", baseline, "verdict");
      for (Comparison<Story.Row> c : story.rows()) {
        int labels = c.row().labelsPerClass();
        writer.printf(
            Locale.ROOT,
            "%8s  %-20s %8.3f +- %5.3f %8.3f +- %5.3f  %s%n",
            labels == Cell.ALL ? "all" : labels,
            c.row().strategy(),
            c.arm().mean(),
            c.arm().margin(),
            c.baseline().mean(),
            c.baseline().margin(),
            verdict(c));
      }
    }
    for (CellResult failed : findings.failures()) {
      writer.println("failed: " + failed.cell() + ": " + failed.outcome().error());
    }
    writer.printf("%nThe report is %s%n", out.resolve("report.html"));
    writer.flush();
    return findings.failures().isEmpty() ? 0 : 1;
  }

  private static String verdict(Comparison<?> c) {
    boolean effect = c.verdict() == Verdict.HELPS || c.verdict() == Verdict.HURTS;
    return c.verdict().words() + (effect ? ", " + c.size().word() : "");
  }
}
