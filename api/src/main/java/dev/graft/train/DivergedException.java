package dev.graft.train;

import dev.graft.graph.ParameterStore;

/** The loss became infinite or not a number. Carries the last good parameters. */
public final class DivergedException extends TrainingException {
  private static final long serialVersionUID = 1;

  private final long step;
  private final transient ParameterStore lastGood;

  /**
   * @param step the step, from 1, whose loss was not finite
   * @param loss that loss
   * @param lastGood the best parameters before; those of the start if there was no better
   */
  public DivergedException(long step, double loss, ParameterStore lastGood) {
    super(
        "training diverged: the loss is "
            + loss
            + " at step "
            + step
            + ". The parameters from before are kept. Lower the learning rate, set clipNorm, or"
            + " check the inputs for values that are not finite.");
    this.step = step;
    this.lastGood = lastGood;
  }

  /** The step, from 1, whose loss was not finite. */
  public long step() {
    return step;
  }

  /** The best trained parameters and statistics from before. */
  public ParameterStore lastGood() {
    return lastGood;
  }
}
