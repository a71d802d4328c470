package dev.graft.train;

import dev.graft.random.Seed;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * An order in which neighbours are of similar length, so that little of a batch is padding, and
 * batches still come in random order and with other members in every pass.
 */
final class LengthBuckets {
  /** Examples are sorted among so many batches' worth of random others. */
  private static final int BATCHES = 50;

  private LengthBuckets() {}

  /**
   * @param lengths of all examples
   * @return all positions; every {@code batchSize} of them make a batch, and only the last one may
   *     have fewer
   */
  static int[] order(int[] lengths, int batchSize, Seed seed) {
    int[] shuffled = seed.permutation(lengths.length);
    int chunk = BATCHES * batchSize;
    int[] sorted =
        IntStream.iterate(0, from -> from < shuffled.length, from -> from + chunk)
            .flatMap(
                from ->
                    Arrays.stream(shuffled, from, Math.min(from + chunk, shuffled.length))
                        .boxed()
                        .sorted(Comparator.comparingInt(p -> lengths[p]))
                        .mapToInt(p -> p))
            .toArray();
    int whole = sorted.length / batchSize;
    int[] result = new int[sorted.length];
    int[] places = seed.derive("batches").permutation(whole);
    for (int b = 0; b < whole; b++) {
      System.arraycopy(sorted, b * batchSize, result, places[b] * batchSize, batchSize);
    }
    int rest = whole * batchSize;
    System.arraycopy(sorted, rest, result, rest, sorted.length - rest);
    return result;
  }
}
