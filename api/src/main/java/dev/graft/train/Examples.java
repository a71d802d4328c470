package dev.graft.train;

import dev.graft.tensor.HostTensor;
import java.util.Map;

/** Model inputs by position, ready to be fed. Thread-safe. */
public interface Examples {
  int size();

  /** The inputs of these examples, stacked in this order, by input name. */
  Map<String, HostTensor> batch(int[] positions);
}
