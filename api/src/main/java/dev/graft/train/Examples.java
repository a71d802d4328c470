package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.random.Seed;
import java.util.Iterator;

/** Model inputs by position, ready to be fed. One consumer at a time; whoever made it closes it. */
public interface Examples extends AutoCloseable {
  int size();

  /**
   * The examples at these positions, in this order. A batch is smaller than asked for at the end,
   * or where an example could not be read and was left out.
   */
  Iterator<Batch> batches(int[] order, int batchSize);

  /**
   * The order of one pass of training: all positions, shuffled. Where examples differ in length,
   * those that come into one batch are alike.
   */
  default int[] order(int batchSize, Seed seed) {
    return seed.permutation(size());
  }

  /**
   * The same examples for training, changed at random where they can be.
   *
   * @param chance what the changes are drawn from: equal seeds give equal batches
   */
  default Iterator<Batch> changed(int[] order, int batchSize, Seed chance) {
    return batches(order, batchSize);
  }

  /** A digest of all content; equal for equal inputs. */
  String fingerprint();

  @Override
  void close();
}
