package dev.graft.transfer;

import dev.graft.data.DataException;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The features of a data set.
 *
 * @param positions which examples these are, row by row; fewer than the data set has where some
 *     could not be read, so targets are always taken by these positions
 * @param values {@code [positions.length, ...]}
 * @param cached whether they were read from a cache instead of being computed now
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record FeatureTable(int[] positions, HostTensor values, boolean cached) {
  public int size() {
    return positions.length;
  }

  /** The rows whose positions are among these, numbered by their place in {@code positions}. */
  public FeatureTable subset(int[] wanted) {
    Map<Integer, Integer> rowOf = new HashMap<>();
    for (int row = 0; row < positions.length; row++) {
      rowOf.put(positions[row], row);
    }
    int[] found =
        IntStream.range(0, wanted.length).filter(i -> rowOf.containsKey(wanted[i])).toArray();
    int rowBytes = size() == 0 ? 0 : values.bytes().remaining() / size();
    ByteBuffer rows =
        ByteBuffer.allocateDirect(Math.multiplyExact(rowBytes, found.length))
            .order(ByteOrder.nativeOrder());
    ByteBuffer all = values.bytes();
    for (int i : found) {
      rows.put(all.slice(rowOf.get(wanted[i]) * rowBytes, rowBytes));
    }
    Shape shape = values.shape().with(0, Dim.of(found.length));
    return new FeatureTable(
        found, HostTensor.wrap(values.type().withShape(shape), rows.flip()), cached);
  }

  /** Puts tables together, one below the other. */
  public static FeatureTable join(List<FeatureTable> parts, boolean cached) {
    if (parts.isEmpty()) {
      throw new DataException("there is no example to compute features of");
    }
    TensorType first = parts.get(0).values().type();
    long bytes = 0;
    for (FeatureTable part : parts) {
      TensorType type = part.values().type();
      if (!type.shape().with(0, Dim.of(0)).equals(first.shape().with(0, Dim.of(0)))) {
        throw new DataException(
            "the features of one example are "
                + first
                + ", those of another "
                + type
                + "; cut the network where all examples have features of one shape");
      }
      bytes += part.values().bytes().remaining();
    }
    ByteBuffer all =
        ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    parts.forEach(part -> all.put(part.values().bytes()));
    int[] positions = parts.stream().flatMapToInt(p -> Arrays.stream(p.positions())).toArray();
    return new FeatureTable(
        positions,
        HostTensor.wrap(
            first.withShape(first.shape().with(0, Dim.of(positions.length))), all.flip()),
        cached);
  }
}
