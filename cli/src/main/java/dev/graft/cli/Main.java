package dev.graft.cli;

import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code graft} command: transfer learning from the command line. */
@Command(
    name = "graft",
    description =
        "Transfer learning for the JVM: any ONNX model, your data, and the proof that it helped.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TrainCommand.class,
      PredictCommand.class,
      RankCommand.class,
      InspectCommand.class,
      BenchCommand.class,
      BackendsCommand.class,
      ConformanceCommand.class,
      DoctorCommand.class
    })
public final class Main implements Runnable {
  /** Tribuo reports each tree it grows; held here, since a logger without owner is forgotten. */
  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    // The engines' own chatter is for debugging; 'backends' and 'doctor' say what is missing.
    quiet("defaultLogLevel", "warn");
    quiet("log.ai.djl", "error");
    System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
  }

  private static void quiet(String setting, String level) {
    String property = "org.slf4j.simpleLogger." + setting;
    System.setProperty(property, System.getProperty(property, level));
  }

  /**
   * Runs a command line.
   *
   * @return 0 on success, 1 if a check failed or Graft itself did, 2 on bad input, 130 if it was
   *     interrupted
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    TRIBUO.setLevel(Level.WARNING);
    FriendlyErrors errors = new FriendlyErrors();
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(errors)
        .setParameterExceptionHandler(errors)
        .execute(args);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
