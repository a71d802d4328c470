package dev.graft.cli;

import dev.graft.benchmarks.suite.SuiteFile;
import dev.graft.benchmarks.suite.SuiteReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of commands that run a suite. */
final class SuiteOptions {
  @Parameters(paramLabel = "SUITE", description = "The suite, a .yaml file.")
  private Path file = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where results and reports go; a run that was stopped goes on there.")
  private Path out = Path.of("");

  @Option(
      names = "--data-root",
      paramLabel = "DIR",
      description = "Where the suite's relative paths begin; without it, at the suite file.")
  private @Nullable Path dataRoot;

  SuiteFile read() throws IOException {
    return SuiteReader.read(file, Optional.ofNullable(dataRoot));
  }

  Path file() {
    return file;
  }

  Path out() {
    return out;
  }
}
