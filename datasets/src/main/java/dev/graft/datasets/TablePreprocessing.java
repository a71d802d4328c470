package dev.graft.datasets;

import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.data.Settings;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Turns rows of numbers and words into vectors: numbers are standardised with the mean and
 * deviation of the training part, words become one number per known word, 1 for the one that is
 * there. An empty number counts as the mean, an unknown word as none of the known ones. Columns are
 * found by their names; what else a row has is left out.
 *
 * @param input the name of the model's input
 * @param columns in the order of the numbers
 */
public record TablePreprocessing(String input, List<Column> columns) implements Preprocessing {
  /** How one column is read. */
  public sealed interface Column {
    String name();

    /** How many numbers it becomes. */
    int width();
  }

  /** A column of numbers. */
  public record Numbers(String name, double mean, double std) implements Column {
    @Override
    public int width() {
      return 1;
    }
  }

  /** A column of words. */
  public record Words(String name, List<String> known) implements Column {
    public Words {
      known = List.copyOf(known);
    }

    @Override
    public int width() {
      return known.size();
    }
  }

  public TablePreprocessing {
    columns = List.copyOf(columns);
  }

  /**
   * Learns means, deviations and words.
   *
   * @param training the training part and nothing else, or the test part leaks into the model
   */
  public static TablePreprocessing fit(Dataset training) {
    List<RowSample> rows =
        IntStream.range(0, training.size()).mapToObj(i -> row(training.sample(i))).toList();
    List<String> names = rows.get(0).columns();
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      int column = c;
      columns.add(column(names.get(c), rows.stream().map(r -> r.cells().get(column)).toList()));
    }
    return new TablePreprocessing("input", columns);
  }

  private static Column column(String name, List<String> cells) {
    List<String> filled = cells.stream().filter(cell -> !cell.isEmpty()).toList();
    if (filled.isEmpty() || !filled.stream().allMatch(Table::isNumber)) {
      return new Words(name, List.copyOf(new TreeSet<>(filled)));
    }
    double[] values = filled.stream().mapToDouble(Double::parseDouble).toArray();
    double mean = 0;
    for (double v : values) {
      mean += v / values.length;
    }
    double variance = 0;
    for (double v : values) {
      variance += (v - mean) * (v - mean) / values.length;
    }
    return new Numbers(name, mean, variance > 0 ? Math.sqrt(variance) : 1);
  }

  public TablePreprocessing withInput(String name) {
    return new TablePreprocessing(name, columns);
  }

  /** The length of the vectors. */
  public int width() {
    return columns.stream().mapToInt(Column::width).sum();
  }

  @Override
  public String type() {
    return "table";
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("input", input);
    settings.put("columns", columns.stream().map(TablePreprocessing::settings).toList());
    return settings;
  }

  private static Map<String, Object> settings(Column column) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("name", column.name());
    if (column instanceof Numbers numbers) {
      settings.put("mean", numbers.mean());
      settings.put("std", numbers.std());
    } else if (column instanceof Words words) {
      settings.put("words", words.known());
    }
    return settings;
  }

  /** Reads {@link #settings} back. */
  public static TablePreprocessing read(Map<String, Object> values) {
    Settings settings = new Settings("preprocessing 'table'", values);
    String input = settings.text("input", "input");
    List<Column> columns = new ArrayList<>();
    for (Map<String, Object> column : settings.maps("columns")) {
      Settings reader = new Settings("a column of preprocessing 'table'", column);
      String name = reader.text("name");
      columns.add(
          column.containsKey("words")
              ? new Words(name, reader.texts("words"))
              : new Numbers(name, reader.number("mean", 0), reader.number("std", 1)));
      reader.end();
    }
    settings.end();
    return new TablePreprocessing(input, columns);
  }

  @Override
  public Map<String, HostTensor> apply(Sample sample) {
    RowSample row = row(sample);
    float[] values = new float[width()];
    int at = 0;
    for (Column column : columns) {
      String cell = row.cell(column.name()).orElseThrow(() -> missing(column, row));
      if (column instanceof Numbers numbers) {
        values[at] = cell.isEmpty() ? 0 : standardised(numbers, cell);
      } else if (column instanceof Words words && words.known().contains(cell)) {
        values[at + words.known().indexOf(cell)] = 1;
      }
      at += column.width();
    }
    return Map.of(input, HostTensor.of(values, values.length));
  }

  private static float standardised(Numbers column, String cell) {
    if (!Table.isNumber(cell)) {
      throw new DataException(
          "column '"
              + column.name()
              + "' has numbers in the training part, but here '"
              + cell
              + "'");
    }
    return (float) ((Double.parseDouble(cell) - column.mean()) / column.std());
  }

  private DataException missing(Column column, RowSample row) {
    return new DataException(
        "the model reads the columns "
            + columns.stream().map(Column::name).toList()
            + ", but there is no '"
            + column.name()
            + "' among "
            + row.columns());
  }

  private static RowSample row(Sample sample) {
    if (!(sample instanceof RowSample row)) {
      throw new DataException(
          "the model takes rows of a table, but the data has a "
              + sample.getClass().getSimpleName());
    }
    return row;
  }
}
