package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.TensorSample;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    int groups = group.map(table::column).orElse(-1);
    return new Labeled<>(rows(table, labels, groups), table.labels(labels, classes));
  }

  /** The numbers of each row without the columns left out; -1 leaves out none. */
  static InMemory<TensorSample> rows(Table table, int label, int group) {
    int width = table.columns().size();
    List<Integer> columns = new ArrayList<>();
    for (int c = 0; c < width; c++) {
      if (c != label && c != group) {
        columns.add(c);
      }
    }
    if (columns.isEmpty()) {
      throw new DataException(table.file() + " has no columns beside the label");
    }
    List<TensorSample> samples = new ArrayList<>(table.rows().size());
    for (int r = 0; r < table.rows().size(); r++) {
      float[] values = new float[columns.size()];
      for (int c = 0; c < values.length; c++) {
        values[c] = table.number(r, columns.get(c));
      }
      samples.add(new TensorSample(HostTensor.of(values, values.length)));
    }
    return new InMemory<>(
        Compressed.title(table.file()),
        samples,
        table::id,
        group < 0 ? List.of() : table.cells(group));
  }
}
