package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.graph.Suggestions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A table of texts: a file of rows with separated columns, or with one JSON object per line ({@code
 * *.jsonl}), possibly compressed with gzip. Rows with another number of cells than the first are
 * refused.
 *
 * @param file where it comes from, for messages
 * @param columns the names of the columns: the first row, or {@code 0, 1, 2, ...}
 * @param rows the cells of each row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Table(Path file, List<String> columns, List<String[]> rows) {
  private static final Set<String> LABEL_NAMES = Set.of("label", "class", "target", "intent");

  /**
   * @param separator between cells; if absent, that of comma, semicolon and tab which the first
   *     line has most of. With tabs, quotation marks are ordinary characters
   * @param header whether the first row names the columns; if absent, it does where none of its
   *     cells is a number
   */
  public static Table read(Path file, Optional<Character> separator, Optional<Boolean> header) {
    if (file.getFileName().toString().matches("(?i).*\\.(jsonl|ndjson)(\\.gz)?")) {
      return Texts.readLines(file);
    }
    try (BufferedReader reader = Compressed.reader(file)) {
      reader.mark(1 << 20);
      String first = reader.readLine();
      reader.reset();
      if (first == null) {
        throw new DataException(file + " is empty");
      }
      char delimiter = separator.orElseGet(() -> likelySeparator(first));
      CSVFormat format =
          CSVFormat.DEFAULT
              .builder()
              .setDelimiter(delimiter)
              .setQuote(delimiter == '\t' ? null : Character.valueOf('"'))
              .setIgnoreEmptyLines(true)
              .get();
      try (CSVParser parser = CSVParser.parse(reader, format)) {
        return of(file, parser, header);
      }
    } catch (IOException e) {
      throw Compressed.failure(file, e);
    } catch (UncheckedIOException e) { // the parser's iterator wraps what the file throws
      throw Compressed.failure(file, e.getCause());
    }
  }

  private static Table of(Path file, CSVParser parser, Optional<Boolean> header) {
    List<String[]> rows = new ArrayList<>();
    @Nullable List<String> names = null;
    int width = -1;
    for (CSVRecord row : parser) {
      String[] cells = row.values();
      if (width < 0) {
        width = cells.length;
        cells[0] = cells[0].startsWith("\ufeff") ? cells[0].substring(1) : cells[0];
        boolean named = header.orElse(Arrays.stream(cells).noneMatch(Table::isNumber));
        names =
            named
                ? Arrays.stream(cells).map(String::strip).toList()
                : IntStream.range(0, width).mapToObj(Integer::toString).toList();
        if (named) {
          continue;
        }
      }
      if (cells.length != width) {
        throw new DataException(
            file
                + " has "
                + cells.length
                + " cells in line "
                + parser.getCurrentLineNumber()
                + ", but "
                + width
                + " in the first line; is the separator right?");
      }
      rows.add(cells);
    }
    if (names == null || rows.isEmpty()) {
      throw new DataException(file + " has no rows");
    }
    return new Table(file, names, rows);
  }

  private static char likelySeparator(String line) {
    char best = ',';
    long most = 0;
    for (char c : new char[] {'\t', ';', ','}) {
      long count = line.chars().filter(x -> x == c).count();
      if (count > most) {
        best = c;
        most = count;
      }
    }
    return best;
  }

  static boolean isNumber(String cell) {
    try {
      return Double.isFinite(Double.parseDouble(cell.strip()));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * The position of a column, by name or by number; negative numbers count from the end.
   *
   * @throws DataException if there is none, with those that there are
   */
  public int column(String nameOrNumber) {
    int named = columns.indexOf(nameOrNumber);
    if (named >= 0) {
      return named;
    }
    if (nameOrNumber.matches("-?\\d{1,6}")) {
      int number = Integer.parseInt(nameOrNumber);
      int at = number < 0 ? number + columns.size() : number;
      if (at >= 0 && at < columns.size()) {
        return at;
      }
    }
    throw new DataException(
        file
            + " has no column '"
            + nameOrNumber
            + "'. "
            + Suggestions.closest(nameOrNumber, columns)
            + " It has "
            + columns.size()
            + " columns; a number from 0, or from -1 backwards, also names one");
  }

  /** The column with the labels: the one asked for, else one named so, else the last. */
  public int labelColumn(Optional<String> wanted) {
    return namedLabel(wanted).orElse(columns.size() - 1);
  }

  /** The column with the labels: the one asked for, else one named so, if there is one. */
  Optional<Integer> namedLabel(Optional<String> wanted) {
    return wanted
        .map(this::column)
        .or(() -> columns.stream().filter(LABEL_NAMES::contains).findFirst().map(columns::indexOf));
  }

  /** The cells of one column. */
  public List<String> cells(int column) {
    return rows.stream().map(r -> r[column]).toList();
  }

  /** A cell as a finite number. */
  public float number(int row, int column) {
    String cell = rows.get(row)[column];
    if (!isNumber(cell)) {
      throw new DataException(
          file
              + ", row "
              + (row + 1)
              + ", column '"
              + columns.get(column)
              + "': "
              + (cell.isBlank() ? "the cell is empty" : "'" + cell + "' is not a number"));
    }
    return Float.parseFloat(cell.strip());
  }

  /** Where a row is, for messages and ids. */
  public String id(int row) {
    return file + "#" + (row + 1);
  }

  /**
   * A column as class labels. The classes are in the order given, else the different cells in
   * order: of numbers if all are whole numbers, else of the alphabet.
   *
   * @throws DataException if a cell is not among the classes given
   */
  public ClassLabels labels(int column, Optional<List<String>> given) {
    List<String> cells = cells(column).stream().map(String::strip).toList();
    List<String> classes = given.orElseGet(() -> ordered(new LinkedHashSet<>(cells)));
    int[] labels = new int[cells.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = classes.indexOf(cells.get(i));
      if (labels[i] < 0) {
        throw new DataException(
            id(i)
                + " has the label '"
                + cells.get(i)
                + "' in column '"
                + columns.get(column)
                + "', which is not among the classes "
                + classes);
      }
    }
    return new ClassLabels(classes, labels);
  }

  static List<String> ordered(Set<String> names) {
    boolean whole = names.stream().allMatch(n -> n.matches("-?\\d{1,9}"));
    Comparator<String> order =
        whole ? Comparator.comparingInt(Integer::parseInt) : Comparator.naturalOrder();
    return names.stream().sorted(order).toList();
  }
}
