package dev.graft.data;

import java.util.Arrays;
import java.util.List;

/**
 * Any number of classes per example.
 *
 * @param classes the names of the classes, in the order of the model's outputs
 * @param present for each example whether it has each class
 */
@SuppressWarnings("ArrayRecordComponent") // compared by the methods below
public record MultiLabelTargets(List<String> classes, boolean[][] present) implements Targets {
  public MultiLabelTargets {
    classes = List.copyOf(classes);
    for (int i = 0; i < present.length; i++) {
      if (present[i].length != classes.size()) {
        throw new DataException(
            "example "
                + i
                + " says of "
                + present[i].length
                + " classes whether it has them, but"
                + " there are "
                + classes.size());
      }
    }
  }

  /** The number of examples that have each class. */
  public int[] counts() {
    int[] counts = new int[classes.size()];
    for (boolean[] row : present) {
      for (int k = 0; k < row.length; k++) {
        counts[k] += row[k] ? 1 : 0;
      }
    }
    return counts;
  }

  @Override
  public int size() {
    return present.length;
  }

  @Override
  public MultiLabelTargets subset(int[] positions) {
    boolean[][] rows = new boolean[positions.length][];
    Arrays.setAll(rows, i -> present[positions[i]]);
    return new MultiLabelTargets(classes, rows);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof MultiLabelTargets t
        && t.classes.equals(classes)
        && Arrays.deepEquals(t.present, present);
  }

  @Override
  public int hashCode() {
    return 31 * classes.hashCode() + Arrays.deepHashCode(present);
  }
}
