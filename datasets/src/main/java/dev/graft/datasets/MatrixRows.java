package dev.graft.datasets;

import dev.graft.data.ContentDigest;
import dev.graft.data.Dataset;
import dev.graft.data.TensorSample;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** The rows of a matrix of numbers as examples. */
final class MatrixRows implements Dataset {
  private final String name;
  private final HostTensor matrix;
  private final int size;
  private final int width;
  private final IntFunction<String> ids;
  private final List<String> groups;

  /**
   * @param values the rows one after the other
   * @param groups of each row, or an empty list
   */
  MatrixRows(String name, float[] values, int width, IntFunction<String> ids, List<String> groups) {
    this.name = name;
    this.size = values.length / width;
    this.width = width;
    this.matrix = HostTensor.of(values, size, width);
    this.ids = ids;
    this.groups = List.copyOf(groups);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return size;
  }

  private HostTensor row(int i) {
    int bytes = Float.BYTES * width;
    return HostTensor.wrap(
        TensorType.of(DType.FLOAT32, width), matrix.bytes().slice(i * bytes, bytes));
  }

  @Override
  public TensorSample sample(int i) {
    return new TensorSample(row(i));
  }

  @Override
  public String id(int i) {
    return ids.apply(i);
  }

  @Override
  public Optional<String> group(int i) {
    return groups.isEmpty() ? Optional.empty() : Optional.of(groups.get(i));
  }

  @Override
  public String fingerprint() {
    return new ContentDigest().add("matrix").add(width).add(matrix.bytes()).hex();
  }

  @Override
  public String fingerprint(int i) {
    return new ContentDigest().add(row(i).bytes()).hex();
  }
}
