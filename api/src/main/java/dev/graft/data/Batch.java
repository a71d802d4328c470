package dev.graft.data;

import dev.graft.tensor.HostTensor;
import java.util.Map;

/**
 * Prepared examples, stacked.
 *
 * @param positions which examples of the data set these are, row by row; fewer than asked for where
 *     some could not be read, so targets are always taken by these positions
 * @param inputs the inputs of the model by name, each with the batch as first axis
 */
@SuppressWarnings("ArrayRecordComponent") // handed over to one consumer, never compared
public record Batch(int[] positions, Map<String, HostTensor> inputs) {
  public int size() {
    return positions.length;
  }
}
