package dev.graft.train;

import static dev.graft.train.Ranges.require;

/**
 * The learning rate over the steps of a training. Immutable.
 *
 * @param shape how it rises and falls
 * @param rate the peak, for new layers
 * @param warmUp the part of all steps in which the rate rises
 */
public record Schedule(Shape shape, double rate, double warmUp) {
  public static final Schedule DEFAULT = new Schedule(Shape.WARM_UP_COSINE, 1e-3, 0.1);

  /** How the rate goes. */
  public enum Shape {
    /** Up linearly, then down to 0 along half a cosine (Loshchilov and Hutter 2017, eq. 5). */
    WARM_UP_COSINE,
    /**
     * Up from a 25th of the peak and down to a millionth of that, each along half a cosine (Smith
     * and Topin 2018); give the rise about 0.3 of the steps. The momentum stays as it is.
     */
    ONE_CYCLE,
    /** Up linearly, then constant. */
    CONSTANT
  }

  public Schedule {
    require(rate > 0 && Double.isFinite(rate), "rate", "above 0", rate);
    require(warmUp >= 0 && warmUp <= 1, "warmUp", "in [0, 1]", warmUp);
  }

  public Schedule withShape(Shape other) {
    return new Schedule(other, rate, warmUp);
  }

  public Schedule withRate(double other) {
    return new Schedule(shape, other, warmUp);
  }

  public Schedule withWarmUp(double other) {
    return new Schedule(shape, rate, other);
  }
}
