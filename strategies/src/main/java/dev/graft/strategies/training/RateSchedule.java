package dev.graft.strategies.training;

import dev.graft.train.Schedule;

/**
 * The learning rate of every step.
 *
 * @param settings its shape and peak
 * @param steps the number of all steps
 */
record RateSchedule(Schedule settings, long steps) {
  /** One cycle begins at this part of the peak (Smith and Topin 2018 take 10 to 25). */
  private static final double ONE_CYCLE_START = 1.0 / 25;

  private static final double ONE_CYCLE_END = ONE_CYCLE_START * 1e-6;

  /** The rate of a step, counted from 0. Never zero, so that no step is wasted. */
  double rate(long step) {
    long rising = Math.round(settings.warmUp() * steps);
    double risen = (step + 1) / (double) (rising + 1);
    double fallen = (step - rising) / (double) Math.max(1, steps - rising);
    boolean rises = step < rising;
    return settings.rate()
        * switch (settings.shape()) {
          case WARM_UP_COSINE -> rises ? risen : halfCosine(1, 0, fallen);
          case ONE_CYCLE ->
              rises
                  ? halfCosine(ONE_CYCLE_START, 1, step / (double) rising)
                  : halfCosine(1, ONE_CYCLE_END, fallen);
          case CONSTANT -> rises ? risen : 1;
        };
  }

  private static double halfCosine(double from, double to, double done) {
    return to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * done));
  }
}
