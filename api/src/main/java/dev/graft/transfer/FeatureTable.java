package dev.graft.transfer;

import dev.graft.tensor.HostTensor;

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
}
