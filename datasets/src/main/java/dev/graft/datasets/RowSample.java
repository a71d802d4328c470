package dev.graft.datasets;

import dev.graft.data.Sample;
import java.util.List;
import java.util.Optional;

/**
 * A row of a table as it is written, with numbers and words; {@link TablePreprocessing} reads it.
 *
 * @param columns the names of the cells, shared by the rows of a table
 * @param cells as many as columns
 */
public record RowSample(List<String> columns, List<String> cells) implements Sample {
  public RowSample {
    columns = List.copyOf(columns);
    cells = List.copyOf(cells);
    if (columns.size() != cells.size()) {
      throw new IllegalArgumentException(
          columns.size() + " columns but " + cells.size() + " cells");
    }
  }

  /** The cell of a column, if there is such a column. */
  Optional<String> cell(String column) {
    int at = columns.indexOf(column);
    return at < 0 ? Optional.empty() : Optional.of(cells.get(at));
  }
}
