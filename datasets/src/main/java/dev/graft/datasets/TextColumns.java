package dev.graft.datasets;

import dev.graft.data.DataException;
import java.util.List;
import java.util.Optional;

/**
 * Which columns of a table are what, by name or number.
 *
 * @param text the text; if absent, a column named so
 * @param pair what the model reads beside the text, if anything
 * @param label the label; if absent, a column named so, else the last
 * @param group what must not be on both sides of a split, if anything
 */
public record TextColumns(
    Optional<String> text, Optional<String> pair, Optional<String> label, Optional<String> group) {
  private static final List<String> TEXT_NAMES =
      List.of("text", "sentence", "utterance", "tokens", "review", "message", "question");

  /** Columns by their names. */
  public static final TextColumns BY_NAME =
      new TextColumns(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** The column with the text, if one is asked for or named so. */
  Optional<Integer> find(Table table) {
    return text.map(table::column)
        .or(
            () ->
                TEXT_NAMES.stream()
                    .filter(table.columns()::contains)
                    .findFirst()
                    .map(table::column));
  }

  int textColumn(Table table) {
    return find(table)
        .orElseThrow(
            () ->
                new DataException(
                    table.file()
                        + " has no column named as a text would be "
                        + TEXT_NAMES
                        + ". Say which of its columns is the text: "
                        + table.columns()));
  }
}
