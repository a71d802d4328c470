package dev.graft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.random.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthBucketsTest {
  private static final Seed SEED = new Seed(3);
  private static final int[] LENGTHS =
      IntStream.range(0, 1000).map(i -> 1 + (int) (60 * SEED.uniform(i))).toArray();

  @Test
  void everyExampleComesOnceAndBatchesAreOfSimilarLength() {
    int[] order = LengthBuckets.order(LENGTHS, 16, SEED);
    assertArrayEquals(IntStream.range(0, 1000).toArray(), Arrays.stream(order).sorted().toArray());
    assertTrue(padding(order) < 0.2 * padding(SEED.permutation(1000)));
  }

  /** How many steps would be padding. */
  private static int padding(int[] order) {
    int sum = 0;
    for (int from = 0; from < order.length; from += 16) {
      int[] batch =
          Arrays.stream(order, from, Math.min(from + 16, order.length))
              .map(p -> LENGTHS[p])
              .toArray();
      sum += batch.length * Arrays.stream(batch).max().orElse(0) - Arrays.stream(batch).sum();
    }
    return sum;
  }

  @Test
  void passesDifferAndBatchesAreNotSorted() {
    int[] first = LengthBuckets.order(LENGTHS, 16, SEED.derive("epoch", 0));
    assertArrayEquals(first, LengthBuckets.order(LENGTHS, 16, SEED.derive("epoch", 0)));
    int[] second = LengthBuckets.order(LENGTHS, 16, SEED.derive("epoch", 1));
    assertFalse(Arrays.equals(first, second));
    assertTrue(
        IntStream.range(1, 60).anyMatch(b -> LENGTHS[first[16 * b]] < LENGTHS[first[16 * b - 16]]));
  }
}
