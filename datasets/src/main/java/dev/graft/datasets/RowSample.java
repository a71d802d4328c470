package dev.graft.datasets;

import dev.graft.data.Sample;
import java.util.List;

/**
 * A row of a table as it is written, with numbers and words; {@link TablePreprocessing} reads it.
 */
public record RowSample(List<String> cells) implements Sample {
  public RowSample {
    cells = List.copyOf(cells);
  }
}
