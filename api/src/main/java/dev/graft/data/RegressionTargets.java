package dev.graft.data;

import java.util.Arrays;
import java.util.List;

/**
 * One or more numbers per example.
 *
 * @param names of the numbers, in the order of the model's outputs
 * @param values for each example its numbers; finite
 */
@SuppressWarnings("ArrayRecordComponent") // compared by the methods below
public record RegressionTargets(List<String> names, float[][] values) implements Targets {
  public RegressionTargets {
    names = List.copyOf(names);
    for (int i = 0; i < values.length; i++) {
      if (values[i].length != names.size()) {
        throw new DataException(
            "example " + i + " has " + values[i].length + " numbers for the targets " + names);
      }
      for (float value : values[i]) {
        if (!Float.isFinite(value)) {
          throw new DataException("example " + i + " has the target " + value);
        }
      }
    }
  }

  /** One number per example. */
  public static RegressionTargets of(String name, float[] values) {
    float[][] rows = new float[values.length][];
    Arrays.setAll(rows, i -> new float[] {values[i]});
    return new RegressionTargets(List.of(name), rows);
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public RegressionTargets subset(int[] positions) {
    float[][] rows = new float[positions.length][];
    Arrays.setAll(rows, i -> values[positions[i]]);
    return new RegressionTargets(names, rows);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof RegressionTargets t
        && t.names.equals(names)
        && Arrays.deepEquals(t.values, values);
  }

  @Override
  public int hashCode() {
    return 31 * names.hashCode() + Arrays.deepHashCode(values);
  }
}
