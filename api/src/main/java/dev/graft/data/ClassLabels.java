package dev.graft.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One class per example.
 *
 * @param classes the names of the classes, in the order of the model's outputs
 * @param labels for each example the position of its class
 */
@SuppressWarnings("ArrayRecordComponent") // compared by the methods below
public record ClassLabels(List<String> classes, int[] labels) implements Targets {
  public ClassLabels {
    classes = List.copyOf(classes);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes.size()) {
        throw new DataException(
            "example "
                + i
                + " has label "
                + labels[i]
                + ", but there are "
                + classes.size()
                + " classes (0 to "
                + (classes.size() - 1)
                + ")");
      }
    }
  }

  @Override
  public int size() {
    return labels.length;
  }

  public int label(int i) {
    return labels[i];
  }

  @Override
  public ClassLabels subset(int[] positions) {
    return new ClassLabels(classes, Arrays.stream(positions).map(p -> labels[p]).toArray());
  }

  /** The number of examples of each class. */
  public int[] counts() {
    int[] counts = new int[classes.size()];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  /**
   * The same labels as positions in another list of classes, such as the training part's, which may
   * have more.
   *
   * @throws DataException if an example's class is not among them
   */
  public ClassLabels in(List<String> others) {
    if (others.equals(classes)) {
      return this;
    }
    int[] map = classes.stream().mapToInt(others::indexOf).toArray();
    int[] counts = counts();
    List<String> missing = new ArrayList<>();
    for (int c = 0; c < map.length; c++) {
      if (map[c] < 0 && counts[c] > 0) {
        missing.add(classes.get(c));
      }
    }
    if (!missing.isEmpty()) {
      throw new DataException(
          "the classes " + missing + " are not among the model's classes " + others);
    }
    return new ClassLabels(others, Arrays.stream(labels).map(l -> map[l]).toArray());
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof ClassLabels c
        && c.classes.equals(classes)
        && Arrays.equals(c.labels, labels);
  }

  @Override
  public int hashCode() {
    return 31 * classes.hashCode() + Arrays.hashCode(labels);
  }
}
