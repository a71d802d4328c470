package dev.graft.cli;

import dev.graft.data.ClassLabels;
import dev.graft.data.SkippedExample;
import dev.graft.datasets.DataKind;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.datasets.Opened;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command is told how to read data. */
final class DataSourceOptions {
  @Option(
      names = "--strict",
      description = "An unreadable example is an error instead of being left out and reported.")
  private boolean strict;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "What the data are, where it cannot be found out: ${COMPLETION-CANDIDATES}.")
  private @Nullable DataKind kind;

  @Option(names = "--label", paramLabel = "COLUMN", description = "The label's column of a table.")
  private @Nullable String label;

  @Option(
      names = "--group",
      paramLabel = "COLUMN",
      description = "A table's column with what must not be on both sides of a split.")
  private @Nullable String group;

  @Option(names = "--text", paramLabel = "COLUMN", description = "The text's column of a table.")
  private @Nullable String text;

  boolean strict() {
    return strict;
  }

  Opened<ClassLabels> open(Path path, PrintWriter err) {
    return open(path, options(), err);
  }

  /** Opens data whose classes must be among those given, in their order. */
  Opened<ClassLabels> open(Path path, List<String> classes, PrintWriter err) {
    return open(path, options().withClasses(classes), err);
  }

  private static Opened<ClassLabels> open(Path path, DataOptions options, PrintWriter err) {
    Opened<ClassLabels> opened = Datasets.open(path, options);
    opened.skipped().forEach(s -> report(s, err));
    return opened;
  }

  static void report(SkippedExample skipped, PrintWriter err) {
    err.println("graft: left out " + skipped.id() + ": " + skipped.reason());
  }

  private DataOptions options() {
    DataOptions options = DataOptions.DEFAULTS.withStrict(strict);
    if (kind != null) {
      options = options.withKind(kind);
    }
    if (label != null) {
      options = options.withLabelColumn(label);
    }
    if (group != null) {
      options = options.withGroupColumn(group);
    }
    return text == null ? options : options.withTextColumn(text);
  }

  static String describe(Opened<ClassLabels> opened) {
    ClassLabels labels = opened.data().targets();
    return String.format(
        Locale.ROOT, "%d examples of %d classes", opened.data().size(), labels.classes().size());
  }
}
