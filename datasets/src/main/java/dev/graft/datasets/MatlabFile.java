package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.RegressionTargets;
import dev.graft.graph.Suggestions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Cell;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Matrix;

/**
 * The matrices, and cell arrays of matrices, of a MATLAB file of version 5 to 7 (not 7.3, which is
 * HDF5). Other variables are ignored.
 */
public final class MatlabFile {
  private final Path file;
  private final Map<String, List<Numbers>> variables;

  /** A matrix by rows. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Numbers(int height, int width, float[] values) {
    static Numbers of(Matrix matrix) {
      int height = matrix.getNumRows();
      int width = matrix.getNumCols();
      float[] values = new float[Math.multiplyExact(height, width)];
      for (int r = 0; r < height; r++) {
        for (int c = 0; c < width; c++) {
          values[r * width + c] = matrix.getFloat(r, c);
        }
      }
      return new Numbers(height, width, values);
    }
  }

  private MatlabFile(Path file, Map<String, List<Numbers>> variables) {
    this.file = file;
    this.variables = variables;
  }

  /**
   * @throws DataException if it is no such file
   */
  public static MatlabFile read(Path file) {
    if (!Files.exists(file)) {
      throw new DataException("there is no file " + file);
    }
    Map<String, List<Numbers>> variables = new LinkedHashMap<>();
    try (Mat5File mat = Mat5.readFromFile(file.toFile())) {
      // Copied at once: the library's arrays live only until the file is closed.
      for (MatFile.Entry entry : mat.getEntries()) {
        List<Numbers> matrices = matrices(entry.getValue());
        if (!matrices.isEmpty()) {
          variables.put(entry.getName(), matrices);
        }
      }
    } catch (IOException | RuntimeException e) { // what the library throws on a damaged file varies
      throw new DataException(file + " cannot be read as a MATLAB file (versions 5 to 7): " + e, e);
    }
    return new MatlabFile(file, variables);
  }

  private static List<Numbers> matrices(Array array) {
    List<Numbers> matrices = new ArrayList<>();
    if (array instanceof Matrix matrix && array.getNumDimensions() == 2) {
      matrices.add(Numbers.of(matrix));
    } else if (array instanceof Cell cell) {
      for (int i = 0; i < cell.getNumElements(); i++) {
        if (!(cell.get(i) instanceof Matrix matrix) || matrix.getNumDimensions() != 2) {
          return List.of();
        }
        matrices.add(Numbers.of(matrix));
      }
    }
    return matrices;
  }

  /** The names of the variables. */
  public List<String> names() {
    return List.copyOf(variables.keySet());
  }

  /** The rows of one matrix as examples, with another as their classes. */
  public Labeled<ClassLabels> classes(String features, String labels) {
    List<String> names = new ArrayList<>();
    for (float value : single(labels).values) {
      names.add(value == Math.rint(value) ? Long.toString((long) value) : Float.toString(value));
    }
    List<String> classes = Table.ordered(new TreeSet<>(names));
    return new Labeled<>(
        rows(features, single(features)),
        new ClassLabels(classes, names.stream().mapToInt(classes::indexOf).toArray()));
  }

  /**
   * The examples of a file that has one matrix of them and one column of their labels, whatever
   * their names.
   *
   * @param labels the variable with the labels; empty for the only one that is a column
   * @throws DataException if it is not clear which variables are meant
   */
  public Labeled<ClassLabels> classes(Optional<String> labels) {
    String column = labels.orElseGet(() -> only("one column", m -> m.width == 1 && m.height > 1));
    int height = single(column).height;
    String matrix = only(height + " rows of numbers", m -> m.height == height && m.width > 1);
    return classes(matrix, column);
  }

  private String only(String what, Predicate<Numbers> test) {
    List<String> found =
        names().stream()
            .filter(n -> variables.get(n).size() == 1 && test.test(variables.get(n).get(0)))
            .toList();
    if (found.size() != 1) {
      throw new DataException(
          file
              + " should have one variable with "
              + what
              + ", but "
              + (found.isEmpty() ? "none" : found)
              + " of "
              + names()
              + " is that. Name the one with the labels");
    }
    return found.get(0);
  }

  /** One task per cell of two variables: the examples of each, and a number for each of those. */
  public List<Labeled<RegressionTargets>> tasks(String features, String targets) {
    List<Numbers> examples = variable(features);
    List<Numbers> numbers = variable(targets);
    if (examples.size() != numbers.size()) {
      throw new DataException(
          file
              + " has "
              + examples.size()
              + " cells in '"
              + features
              + "' but "
              + numbers.size()
              + " in '"
              + targets
              + "'");
    }
    List<Labeled<RegressionTargets>> tasks = new ArrayList<>();
    for (int t = 0; t < examples.size(); t++) {
      tasks.add(
          new Labeled<>(
              rows(features + "{" + (t + 1) + "}", examples.get(t)),
              RegressionTargets.of(targets, numbers.get(t).values)));
    }
    return tasks;
  }

  /** The examples of all {@link #tasks} together, each with the number of its task as group. */
  public Labeled<RegressionTargets> pooled(String features, String targets) {
    List<Labeled<RegressionTargets>> tasks = tasks(features, targets);
    List<Numbers> matrices = variable(features);
    int width = matrices.get(0).width;
    int rows = matrices.stream().mapToInt(m -> m.height).sum();
    float[] values = new float[Math.multiplyExact(rows, width)];
    float[] numbers = new float[rows];
    List<String> groups = new ArrayList<>();
    int row = 0;
    for (int t = 0; t < tasks.size(); t++) {
      Numbers matrix = matrices.get(t);
      if (matrix.width != width) {
        throw new DataException(
            file
                + ": cell "
                + (t + 1)
                + " of '"
                + features
                + "' has "
                + matrix.width
                + " columns, but the first has "
                + width);
      }
      System.arraycopy(matrix.values, 0, values, row * width, matrix.values.length);
      for (int i = 0; i < matrix.height; i++) {
        numbers[row++] = tasks.get(t).targets().values()[i][0];
        groups.add(Integer.toString(t + 1));
      }
    }
    return new Labeled<>(
        new MatrixRows(
            Compressed.title(file) + ":" + features,
            values,
            width,
            i -> file + ":" + features + "{" + groups.get(i) + "}, row " + (i + 1) + " of all",
            groups),
        RegressionTargets.of(targets, numbers));
  }

  private MatrixRows rows(String name, Numbers matrix) {
    return new MatrixRows(
        Compressed.title(file) + ":" + name,
        matrix.values,
        matrix.width,
        i -> file + ":" + name + "#" + (i + 1),
        List.of());
  }

  private List<Numbers> variable(String name) {
    List<Numbers> value = variables.get(name);
    if (value == null) {
      throw new DataException(
          file + " has no matrix '" + name + "'. " + Suggestions.closest(name, names()));
    }
    return value;
  }

  private Numbers single(String name) {
    List<Numbers> matrices = variable(name);
    if (matrices.size() != 1) {
      throw new DataException(file + ": '" + name + "' is a cell array, not one matrix");
    }
    return matrices.get(0);
  }
}
