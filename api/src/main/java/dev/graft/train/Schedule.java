package dev.graft.train;

import static dev.graft.train.TrainingSettings.require;

/**
 * The learning rate over the steps of a training. Immutable.
 *
 * @param rate the peak, for new layers
 * @param warmUp the part of all steps in which the rate rises linearly from 0; cosine decay to 0
 *     follows
 */
public record Schedule(double rate, double warmUp) {
  public static final Schedule DEFAULT = new Schedule(5e-4, 0.1);

  public Schedule {
    require(rate > 0 && Double.isFinite(rate), "rate", "above 0", rate);
    require(warmUp >= 0 && warmUp <= 1, "warmUp", "in [0, 1]", warmUp);
  }

  public Schedule withRate(double other) {
    return new Schedule(other, warmUp);
  }

  public Schedule withWarmUp(double other) {
    return new Schedule(rate, other);
  }
}
