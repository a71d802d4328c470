package dev.graft.strategies.training;

/**
 * A learning rate that rises linearly over the first steps and then falls to zero along half a
 * cosine (Loshchilov and Hutter 2017, eq. 5, without restarts).
 *
 * @param peak the highest rate
 * @param warmUp the number of rising steps
 * @param steps the number of all steps
 */
record WarmUpCosine(double peak, long warmUp, long steps) {
  static WarmUpCosine of(double peak, double warmUpFraction, long steps) {
    return new WarmUpCosine(peak, Math.round(warmUpFraction * steps), steps);
  }

  /** The rate of a step, counted from 0. Never zero, so that no step is wasted. */
  double rate(long step) {
    if (step < warmUp) {
      return peak * (step + 1) / (warmUp + 1);
    }
    double done = (step - warmUp) / (double) Math.max(1, steps - warmUp);
    return peak * 0.5 * (1 + Math.cos(Math.PI * done));
  }
}
