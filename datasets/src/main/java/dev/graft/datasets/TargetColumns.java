package dev.graft.datasets;

import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.MultiLabelTargets;
import dev.graft.data.Targets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What of a file is to be predicted, where it is not one class per example. */
public sealed interface TargetColumns {
  /**
   * Opens data with these targets.
   *
   * @param names the labels or tags in the order of a model's outputs; if empty, those that occur
   * @throws DataException if the file has no such targets
   */
  Opened<? extends Targets> open(Path path, DataOptions options, Optional<List<String>> names);

  /** Numbers, each in a column of a table. */
  record Numbers(List<String> columns) implements TargetColumns {
    public Numbers {
      columns = List.copyOf(columns);
    }

    @Override
    public Opened<? extends Targets> open(
        Path path, DataOptions options, Optional<List<String>> names) {
      Table table = Table.read(path, options.separator(), options.header());
      DataOptions first = options.withLabelColumn(columns.get(0));
      DataKind kind = options.kind().orElseGet(() -> Datasets.kind(path, first));
      return Opened.whole(
          switch (kind) {
            case TEXT ->
                new Labeled<>(
                    Texts.examples(table, options.textColumns()),
                    NumericCsv.targets(table, columns.stream().map(table::column).toList()));
            case TABLE -> MixedTable.openRegression(table, columns, options.groupColumn());
            default -> NumericCsv.openRegression(table, columns, options.groupColumn());
          });
    }
  }

  /** Any number of labels per row, in one column with {@code |} or {@code ;} between them. */
  record LabelSets(String column) implements TargetColumns {
    @Override
    public Opened<? extends Targets> open(
        Path path, DataOptions options, Optional<List<String>> names) {
      Table table = Table.read(path, options.separator(), options.header());
      Dataset examples = Datasets.open(path, options.withLabelColumn(column)).data().examples();
      List<List<String>> rows =
          table.cells(table.column(column)).stream().map(LabelSets::divided).toList();
      List<String> labels =
          names.orElseGet(
              () -> {
                TreeSet<String> found = new TreeSet<>();
                rows.forEach(found::addAll);
                return List.copyOf(found);
              });
      boolean[][] present = new boolean[rows.size()][labels.size()];
      for (int i = 0; i < present.length; i++) {
        for (String label : rows.get(i)) {
          int at = labels.indexOf(label);
          if (at < 0) {
            throw new DataException(
                table.id(i) + " has the label '" + label + "', which is not among " + labels);
          }
          present[i][at] = true;
        }
      }
      return Opened.whole(new Labeled<>(examples, new MultiLabelTargets(labels, present)));
    }

    private static List<String> divided(String cell) {
      List<String> labels = new ArrayList<>();
      Arrays.stream(cell.split("[|;]", -1))
          .map(String::strip)
          .filter(l -> !l.isEmpty())
          .forEach(labels::add);
      return labels;
    }
  }

  /** A tag for each word; both columns are divided at spaces. */
  record Tags(String words, String tags) implements TargetColumns {
    @Override
    public Opened<? extends Targets> open(
        Path path, DataOptions options, Optional<List<String>> names) {
      Table table = Table.read(path, options.separator(), options.header());
      return Opened.whole(Texts.openTagged(table, words, tags, names));
    }
  }

  /** Answers to questions in passages, from a file in the format of SQuAD 1.1. */
  record Answers() implements TargetColumns {
    @Override
    public Opened<? extends Targets> open(
        Path path, DataOptions options, Optional<List<String>> names) {
      return Opened.whole(Texts.openSquad(path));
    }
  }
}
