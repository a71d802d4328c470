package dev.graft.strategies.training;

import dev.graft.data.DataException;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import java.util.HashMap;
import java.util.Map;

/**
 * Mixes every example of a batch, inputs and targets, with another one of it (Zhang et al. 2018).
 *
 * @param part of the example itself; the rest is the other's
 * @param partners the row of the other, for each row
 */
@SuppressWarnings("ArrayRecordComponent") // made for one batch and handed on
record Mixup(double part, int[] partners) {

  /**
   * Draws the mixture of a batch; the part is the same for all its examples, as in the paper.
   *
   * @param alpha of the Beta(alpha, alpha) distribution, above 0 and at most 1
   */
  static Mixup draw(double alpha, int batch, Seed seed) {
    Seed part = seed.derive("part");
    // Jöhnk (1964): X = U^(1/a) and Y = V^(1/a), given X + Y <= 1, have X / (X + Y) ~ Beta(a, a).
    for (long i = 0; ; i += 2) {
      double x = Math.pow(part.uniform(i), 1 / alpha);
      double y = Math.pow(part.uniform(i + 1), 1 / alpha);
      if (x + y > 0 && x + y <= 1) {
        return new Mixup(x / (x + y), seed.derive("partners").permutation(batch));
      }
    }
  }

  /** The mixed tensors, whose first axis is the batch. */
  Map<String, HostTensor> apply(Map<String, HostTensor> feeds) {
    Map<String, HostTensor> mixed = new HashMap<>();
    feeds.forEach((name, tensor) -> mixed.put(name, mix(name, tensor)));
    return mixed;
  }

  private HostTensor mix(String name, HostTensor tensor) {
    if (!tensor.dtype().isFloating()) {
      throw new DataException(
          "mixup needs numbers to mix, but '" + name + "' is " + tensor.type() + "; train without");
    }
    int row = tensor.size() / partners.length;
    return HostTensor.fromDoubles(
        tensor.type(),
        i ->
            part * tensor.getDouble(i)
                + (1 - part) * tensor.getDouble(partners[i / row] * row + i % row));
  }
}
