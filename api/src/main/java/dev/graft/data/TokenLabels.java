package dev.graft.data;

import java.util.Arrays;
import java.util.List;

/**
 * One class per word of each example.
 *
 * @param classes the names of the classes, in the order of the model's outputs
 * @param labels for each example the position of each word's class
 */
@SuppressWarnings("ArrayRecordComponent") // compared by the methods below
public record TokenLabels(List<String> classes, int[][] labels) implements Targets {
  public TokenLabels {
    classes = List.copyOf(classes);
    for (int i = 0; i < labels.length; i++) {
      for (int label : labels[i]) {
        if (label < 0 || label >= classes.size()) {
          throw new DataException(
              "example "
                  + i
                  + " has a word with label "
                  + label
                  + ", but there are "
                  + classes.size()
                  + " classes");
        }
      }
    }
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public TokenLabels subset(int[] positions) {
    int[][] rows = new int[positions.length][];
    Arrays.setAll(rows, i -> labels[positions[i]]);
    return new TokenLabels(classes, rows);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof TokenLabels t
        && t.classes.equals(classes)
        && Arrays.deepEquals(t.labels, labels);
  }

  @Override
  public int hashCode() {
    return 31 * classes.hashCode() + Arrays.deepHashCode(labels);
  }
}
