package dev.graft.cli;

import dev.graft.backend.Device;
import dev.graft.benchmarks.quick.QuickSuite;
import dev.graft.benchmarks.report.Findings;
import dev.graft.benchmarks.report.Story;
import dev.graft.benchmarks.speed.BackendComparison;
import dev.graft.benchmarks.speed.HeadSpeed;
import dev.graft.benchmarks.speed.Workload;
import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Verdict;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.FileSuite;
import dev.graft.benchmarks.suite.SuiteFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graft bench}. */
@Command(
    name = "bench",
    description = "Compares transfer with training from scratch, and backends with each other.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchCommand.Quick.class,
      BenchCommand.Run.class,
      BenchCommand.BackendsComparison.class,
      BenchCommand.Head.class,
      CompareCommand.class,
      RegretCommand.class,
      TablesCommand.class
    })
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

    @Option(
        names = "--texts",
        paramLabel = "FILE",
        split = ",",
        description = "Tables of texts and labels of yours, each for one story more.")
    private List<Path> texts = List.of();

    @Mixin private EngineOptions engine = new EngineOptions();
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      QuickSuite.Options options = QuickSuite.Options.DEFAULT.withSeeds(seeds).withTexts(texts);
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
    @Mixin private SuiteOptions suite = new SuiteOptions();
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      SuiteFile file = suite.read();
      try (Console console = new Console();
          Console.Interruption interruption = Console.interruption(Duration.ofSeconds(10))) {
        Findings findings =
            FileSuite.run(
                file, suite.file(), suite.out(), console.suite(), interruption.cancellation());
        console.close();
        return conclude(findings, suite.out(), spec);
      }
    }
  }

  /** {@code graft bench backends}. */
  @Command(
      name = "backends",
      description = {
        "Measures four networks on every backend: compile time, training step, step with a frozen"
            + " backbone, inference, memory; and checks that the backends agree.",
        "Each contender runs in a process of its own, taking turns."
      },
      mixinStandardHelpOptions = true)
  static final class BackendsComparison implements Callable<Integer> {
    @Option(
        names = "--out",
        paramLabel = "DIR",
        defaultValue = "backends-report",
        description = "Where the report goes. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("backends-report");

    @Option(
        names = "--peers",
        description = "Also run PyTorch, Keras and onnxruntime where Python has them.")
    private boolean peers;

    @Option(
        names = "--python",
        paramLabel = "FILE",
        defaultValue = "python3",
        description = "The interpreter of the peers. Default: ${DEFAULT-VALUE}.")
    private String python = "python3";

    @Option(
        names = "--only",
        paramLabel = "NETWORK",
        split = ",",
        description = "Some of ${COMPLETION-CANDIDATES}.")
    private List<Workload> workloads = List.of(Workload.values());

    @Option(
        names = "--backends",
        paramLabel = "NAME",
        split = ",",
        description = "Some of the backends; without it, all that can run here.")
    private List<String> backends = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Turns each.")
    private int rounds = 5;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", description = "0: all.")
    private int threads;

    @Option(
        names = "--device",
        defaultValue = "cpu",
        converter = EngineOptions.DeviceConverter.class,
        description = "cpu, gpu or gpu:N. Default: ${DEFAULT-VALUE}.")
    private Device device = Device.CPU;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      BackendComparison.Options options =
          BackendComparison.Options.DEFAULT
              .withWorkloads(workloads)
              .withBackends(backends)
              .withRounds(rounds)
              .withThreads(threads)
              .withDevice(device);
      if (peers) {
        options = options.withPeers(python);
      }
      PrintWriter writer = spec.commandLine().getOut();
      try (Console console = new Console();
          Console.Interruption interruption = Console.interruption(Duration.ofSeconds(10))) {
        BackendComparison.run(out, options, console.speed(), interruption.cancellation());
      }
      writer.println(Files.readString(out.resolve("speed.md")));
      writer.println("The report is " + out.resolve("speed.html"));
      writer.flush();
      return 0;
    }
  }

  /** {@code graft bench head}. */
  @Command(
      name = "head",
      description =
          "Times the fit of a linear head: 20,000 examples of 150 classes with 384 features.",
      mixinStandardHelpOptions = true)
  static final class Head implements Callable<Integer> {
    @Option(
        names = "--peers",
        description = "Also fit scikit-learn's logistic regression to the same numbers.")
    private boolean peers;

    @Option(
        names = "--python",
        paramLabel = "FILE",
        defaultValue = "python3",
        description = "The peer's interpreter. Default: ${DEFAULT-VALUE}.")
    private String python = "python3";

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Fits each.")
    private int rounds = 5;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      HeadSpeed.run(
          peers ? Optional.of(python) : Optional.empty(), rounds, spec.commandLine().getOut());
      return 0;
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
