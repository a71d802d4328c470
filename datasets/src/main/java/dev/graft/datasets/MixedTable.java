package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.RegressionTargets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Tables whose columns are numbers or words, with classes or numbers to predict. */
public final class MixedTable {
  private MixedTable() {}

  /** One example per row, with the label column as classes. */
  public static Labeled<ClassLabels> open(
      Table table, Optional<String> label, Optional<String> group, Optional<List<String>> classes) {
    int labels = table.labelColumn(label);
    return new Labeled<>(rows(table, List.of(labels), group), table.labels(labels, classes));
  }

  /** One example per row, with some columns as numbers to predict. */
  public static Labeled<RegressionTargets> openRegression(
      Table table, List<String> targets, Optional<String> group) {
    List<Integer> columns = targets.stream().map(table::column).toList();
    return new Labeled<>(rows(table, columns, group), NumericCsv.targets(table, columns));
  }

  /** The rows without some columns and without the group. */
  static Dataset rows(Table table, List<Integer> leftOut, Optional<String> group) {
    int groups = group.map(table::column).orElse(-1);
    int[] columns =
        IntStream.range(0, table.columns().size())
            .filter(c -> !leftOut.contains(c) && c != groups)
            .toArray();
    if (columns.length == 0) {
      throw new DataException(table.file() + " has no columns beside the label");
    }
    List<String> names = Arrays.stream(columns).mapToObj(table.columns()::get).toList();
    List<RowSample> samples =
        table.rows().stream()
            .map(
                row ->
                    new RowSample(
                        names, Arrays.stream(columns).mapToObj(c -> row[c].strip()).toList()))
            .toList();
    return new InMemory<>(
        Compressed.title(table.file()),
        samples,
        table::id,
        group.map(g -> table.cells(table.column(g))).orElse(List.of()));
  }
}
