package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Sparse vectors in the format of SVMlight and LIBSVM: {@code label index:value index:value #
 * note}, possibly compressed with gzip. They are made dense.
 */
public final class SvmlightFile {
  private SvmlightFile() {}

  /**
   * @param features the length of the vectors; if absent, one more than the largest index. Parts of
   *     one data set need the same
   * @throws DataException if a line is not of that format, with its number
   */
  public static Labeled<ClassLabels> open(Path file, OptionalInt features) {
    List<String> labels = new ArrayList<>();
    List<int[]> indices = new ArrayList<>();
    List<float[]> values = new ArrayList<>();
    int largest = -1;
    try (BufferedReader reader = Compressed.reader(file)) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        int note = line.indexOf('#');
        String content = (note < 0 ? line : line.substring(0, note)).strip();
        if (content.isEmpty()) {
          continue;
        }
        String[] parts = content.split("\\s+", -1);
        int[] index = new int[parts.length - 1];
        float[] value = new float[parts.length - 1];
        for (int p = 1; p < parts.length; p++) {
          int colon = parts[p].indexOf(':');
          try {
            index[p - 1] = Integer.parseInt(parts[p].substring(0, Math.max(0, colon)));
            value[p - 1] = Float.parseFloat(parts[p].substring(colon + 1));
          } catch (NumberFormatException e) {
            throw new DataException(
                file + ", line " + number + ": '" + parts[p] + "' is not index:value", e);
          }
          if (index[p - 1] < 0 || index[p - 1] >= features.orElse(Integer.MAX_VALUE)) {
            throw new DataException(
                file
                    + ", line "
                    + number
                    + ": index "
                    + index[p - 1]
                    + " is outside the features"
                    + (features.isPresent() ? ", of which there are " + features.getAsInt() : ""));
          }
          largest = Math.max(largest, index[p - 1]);
        }
        labels.add(withoutPlus(parts[0]));
        indices.add(index);
        values.add(value);
      }
    } catch (IOException e) {
      throw Compressed.failure(file, e);
    }
    if (labels.isEmpty() || largest < 0) {
      throw new DataException(file + " has no examples");
    }
    return new Labeled<>(
        dense(file, indices, values, features.orElse(largest + 1)), classes(labels));
  }

  private static String withoutPlus(String label) {
    return label.startsWith("+") ? label.substring(1) : label;
  }

  private static ClassLabels classes(List<String> labels) {
    List<String> classes = Table.ordered(new TreeSet<>(labels));
    return new ClassLabels(classes, labels.stream().mapToInt(classes::indexOf).toArray());
  }

  private static MatrixRows dense(Path file, List<int[]> indices, List<float[]> values, int width) {
    float[] dense = new float[Math.multiplyExact(indices.size(), width)];
    for (int r = 0; r < indices.size(); r++) {
      for (int k = 0; k < indices.get(r).length; k++) {
        dense[r * width + indices.get(r)[k]] = values.get(r)[k];
      }
    }
    return new MatrixRows(
        Compressed.title(file), dense, width, i -> file + "#" + (i + 1), List.of());
  }
}
