package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Examples that are the rows of a tensor, such as features of a frozen network.
 *
 * @param input the name of the model's input
 * @param rows {@code [examples, ...]}
 */
public record TensorExamples(String input, HostTensor rows) implements Examples {
  @Override
  public int size() {
    return (int) rows.shape().sizes()[0];
  }

  @Override
  public Iterator<Batch> batches(int[] order, int batchSize) {
    return IntStream.iterate(0, i -> i < order.length, i -> i + batchSize)
        .mapToObj(i -> Arrays.copyOfRange(order, i, Math.min(order.length, i + batchSize)))
        .map(positions -> new Batch(positions, Map.of(input, rows(rows, positions))))
        .iterator();
  }

  /** The rows of a tensor at these positions, in this order, as a new tensor. */
  public static HostTensor rows(HostTensor tensor, int[] positions) {
    int row = tensor.bytes().remaining() / (int) tensor.shape().sizes()[0];
    ByteBuffer source = tensor.bytes();
    ByteBuffer copy =
        ByteBuffer.allocateDirect(Math.multiplyExact(row, positions.length))
            .order(ByteOrder.nativeOrder());
    for (int p : positions) {
      copy.put(source.slice(p * row, row));
    }
    return HostTensor.wrap(
        tensor.type().withShape(tensor.shape().with(0, Dim.of(positions.length))), copy.flip());
  }

  @Override
  public String fingerprint() {
    return ParameterStore.of(Map.of(input, rows)).fingerprint();
  }

  /** There is nothing to free. */
  @Override
  public void close() {}
}
