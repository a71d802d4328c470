package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.RegressionTargets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Tables whose columns are numbers, all but the label and the group. */
public final class NumericCsv {
  private NumericCsv() {}

  /**
   * The numbers of each row as a vector, with the label column as classes.
   *
   * @throws DataException if a cell is empty or no finite number, with row and column
   */
  public static Labeled<ClassLabels> open(
      Table table, Optional<String> label, Optional<String> group, Optional<List<String>> classes) {
    int labels = table.labelColumn(label);
    return new Labeled<>(rows(table, List.of(labels), group), table.labels(labels, classes));
  }

  /** The numbers of each row as a vector, with some columns as targets. */
  public static Labeled<RegressionTargets> openRegression(
      Table table, List<String> targets, Optional<String> group) {
    List<Integer> columns = targets.stream().map(table::column).toList();
    return new Labeled<>(rows(table, columns, group), targets(table, columns));
  }

  static RegressionTargets targets(Table table, List<Integer> columns) {
    float[][] values = new float[table.rows().size()][columns.size()];
    for (int r = 0; r < values.length; r++) {
      for (int c = 0; c < columns.size(); c++) {
        values[r][c] = table.number(r, columns.get(c));
      }
    }
    return new RegressionTargets(columns.stream().map(table.columns()::get).toList(), values);
  }

  /** The numbers of each row without some columns and without the group. */
  static Dataset rows(Table table, List<Integer> leftOut, Optional<String> group) {
    int groups = group.map(table::column).orElse(-1);
    int[] columns =
        IntStream.range(0, table.columns().size())
            .filter(c -> !leftOut.contains(c) && c != groups)
            .toArray();
    if (columns.length == 0) {
      throw new DataException(table.file() + " has no columns beside the label");
    }
    float[] values = new float[Math.multiplyExact(table.rows().size(), columns.length)];
    int at = 0;
    for (int r = 0; r < table.rows().size(); r++) {
      for (int column : columns) {
        values[at++] = table.number(r, column);
      }
    }
    return new MatrixRows(
        Compressed.title(table.file()),
        values,
        columns.length,
        table::id,
        groups < 0 ? List.of() : table.cells(groups));
  }
}
