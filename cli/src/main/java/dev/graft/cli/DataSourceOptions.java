package dev.graft.cli;

import dev.graft.data.ClassLabels;
import dev.graft.data.Dataset;
import dev.graft.data.LoaderOptions;
import dev.graft.data.SkippedExample;
import dev.graft.datasets.DataKind;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.datasets.Opened;
import dev.graft.datasets.TargetColumns;
import dev.graft.transfer.Output;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

  @Option(
      names = "--target",
      split = ",",
      paramLabel = "COLUMN",
      description = "A table's columns with numbers to predict, in place of a class.")
  private List<String> numbers = List.of();

  @Option(
      names = "--labels",
      paramLabel = "COLUMN",
      description = "A table's column with any number of labels, with | between them.")
  private @Nullable String labelSets;

  @Option(
      names = "--tags",
      paramLabel = "COLUMN",
      description = "A table's column with a tag for each word of the column --text.")
  private @Nullable String tags;

  /** Whether tables are read as rows with the names of their columns, not as bare vectors. */
  private boolean rows;

  /** How examples are read: what cannot be is left out and reported, unless that is an error. */
  LoaderOptions loading(PrintWriter err) {
    return strict ? LoaderOptions.strict() : LoaderOptions.skipping(s -> report(s, err));
  }

  /** From now on tables are read as rows, for a network that takes such. */
  DataSourceOptions asRows() {
    rows = true;
    return this;
  }

  Opened<ClassLabels> open(Path path, PrintWriter err) {
    return open(path, options(path), err);
  }

  /** Opens data whose classes must be among those given, in their order. */
  Opened<ClassLabels> open(Path path, List<String> classes, PrintWriter err) {
    return open(path, options(path).withClasses(classes), err);
  }

  /**
   * Opens data with the targets that the options say: a class per example unless they say more.
   *
   * @param like what a model's output is called, which its targets must be; empty for the first
   *     data
   */
  Opened<?> openTargets(Path path, Optional<Output> like, PrintWriter err) {
    Optional<List<String>> names = like.map(Output::names);
    Optional<TargetColumns> columns = columns(path);
    if (columns.isEmpty()) {
      return names.isPresent() ? open(path, names.get(), err) : open(path, err);
    }
    Opened<?> opened = columns.get().open(path, options(path), names);
    opened.skipped().forEach(s -> report(s, err));
    return opened;
  }

  /** Opens examples whose labels, if there are any, do not matter. */
  Dataset openExamples(Path path) {
    return Datasets.openExamples(path, options(path));
  }

  private Optional<TargetColumns> columns(Path path) {
    if (!numbers.isEmpty()) {
      return Optional.of(new TargetColumns.Numbers(numbers));
    }
    if (labelSets != null) {
      return Optional.of(new TargetColumns.LabelSets(labelSets));
    }
    if (tags != null) {
      return Optional.of(new TargetColumns.Tags(text == null ? "text" : text, tags));
    }
    return path.toString().matches("(?i).*\\.json(\\.gz)?")
        ? Optional.of(new TargetColumns.Answers())
        : Optional.empty();
  }

  private static Opened<ClassLabels> open(Path path, DataOptions options, PrintWriter err) {
    Opened<ClassLabels> opened = Datasets.open(path, options);
    opened.skipped().forEach(s -> report(s, err));
    return opened;
  }

  private static void report(SkippedExample skipped, PrintWriter err) {
    err.println("graft: left out " + skipped.id() + ": " + skipped.reason());
  }

  private DataOptions options(Path path) {
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
    if (text != null) {
      options = options.withTextColumn(text);
    }
    return rows && kind == null && Datasets.kind(path, options) == DataKind.CSV
        ? options.withKind(DataKind.TABLE)
        : options;
  }

  static String describe(Opened<?> opened) {
    Output output = Output.of(opened.data().targets());
    int names = output.names().size();
    String what =
        output instanceof Output.Numbers
            ? ", predicting " + String.join(", ", output.names())
            : names == 0 ? " with answers" : " of " + names + " " + output.kind();
    return opened.data().size() + " examples" + what;
  }
}
