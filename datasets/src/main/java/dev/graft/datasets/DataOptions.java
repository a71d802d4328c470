package dev.graft.datasets;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How data are opened. Every option has a default; what does not concern the kind of data is
 * ignored.
 *
 * @param kind of the data, if it is not to be found out
 * @param strict whether a damaged example is an error instead of being skipped
 * @param labels the label file of an IDX file
 * @param labelColumn of a table, by name or number
 * @param groupColumn of a table: what must not be on both sides of a split
 * @param textColumn of a table with texts
 * @param pairColumn of a table with pairs of texts
 * @param separator between the cells of a table
 * @param header whether a table's first row names its columns
 * @param classes the classes in the order of the model's outputs; a label that is none of them is
 *     an error
 */
public record DataOptions(
    Optional<DataKind> kind,
    boolean strict,
    Optional<Path> labels,
    Optional<String> labelColumn,
    Optional<String> groupColumn,
    Optional<String> textColumn,
    Optional<String> pairColumn,
    Optional<Character> separator,
    Optional<Boolean> header,
    Optional<List<String>> classes) {
  public static final DataOptions DEFAULTS =
      new DataOptions(
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public DataOptions withKind(DataKind value) {
    return new DataOptions(
        Optional.of(value),
        strict,
        labels,
        labelColumn,
        groupColumn,
        textColumn,
        pairColumn,
        separator,
        header,
        classes);
  }

  public DataOptions withStrict(boolean value) {
    return new DataOptions(
        kind,
        value,
        labels,
        labelColumn,
        groupColumn,
        textColumn,
        pairColumn,
        separator,
        header,
        classes);
  }

  public DataOptions withLabels(Path value) {
    return new DataOptions(
        kind,
        strict,
        Optional.of(value),
        labelColumn,
        groupColumn,
        textColumn,
        pairColumn,
        separator,
        header,
        classes);
  }

  public DataOptions withLabelColumn(String value) {
    return new DataOptions(
        kind,
        strict,
        labels,
        Optional.of(value),
        groupColumn,
        textColumn,
        pairColumn,
        separator,
        header,
        classes);
  }

  public DataOptions withGroupColumn(String value) {
    return new DataOptions(
        kind,
        strict,
        labels,
        labelColumn,
        Optional.of(value),
        textColumn,
        pairColumn,
        separator,
        header,
        classes);
  }

  public DataOptions withTextColumn(String value) {
    return new DataOptions(
        kind,
        strict,
        labels,
        labelColumn,
        groupColumn,
        Optional.of(value),
        pairColumn,
        separator,
        header,
        classes);
  }

  public DataOptions withPairColumn(String value) {
    return new DataOptions(
        kind,
        strict,
        labels,
        labelColumn,
        groupColumn,
        textColumn,
        Optional.of(value),
        separator,
        header,
        classes);
  }

  public DataOptions withSeparator(char value) {
    return new DataOptions(
        kind,
        strict,
        labels,
        labelColumn,
        groupColumn,
        textColumn,
        pairColumn,
        Optional.of(value),
        header,
        classes);
  }

  public DataOptions withHeader(boolean value) {
    return new DataOptions(
        kind,
        strict,
        labels,
        labelColumn,
        groupColumn,
        textColumn,
        pairColumn,
        separator,
        Optional.of(value),
        classes);
  }

  public DataOptions withClasses(List<String> value) {
    return new DataOptions(
        kind,
        strict,
        labels,
        labelColumn,
        groupColumn,
        textColumn,
        pairColumn,
        separator,
        header,
        Optional.of(List.copyOf(value)));
  }

  TextColumns textColumns() {
    return new TextColumns(textColumn, pairColumn, labelColumn, groupColumn);
  }
}
