package dev.graft.train;

import dev.graft.data.Batch;
import java.util.Iterator;

/** Model inputs by position, ready to be fed. One consumer at a time; whoever made it closes it. */
public interface Examples extends AutoCloseable {
  int size();

  /**
   * The examples at these positions, in this order. A batch is smaller than asked for at the end,
   * or where an example could not be read and was left out.
   */
  Iterator<Batch> batches(int[] order, int batchSize);

  /** A digest of all content; equal for equal inputs. */
  String fingerprint();

  @Override
  void close();
}
