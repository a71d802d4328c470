package dev.graft.train;

import dev.graft.model.GraphModel;

/** The loss became infinite or not a number. Carries the model with the last good parameters. */
public final class DivergedException extends TrainingException {
  private static final long serialVersionUID = 1;

  private final long step;
  private final transient GraphModel lastGood;

  /**
   * @param step the step, from 1, whose loss was not finite
   * @param loss that loss
   * @param lastGood the model with the best parameters before; those of the start if there were no
   *     better
   */
  public DivergedException(long step, double loss, GraphModel lastGood) {
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

  /** The model with the best parameters from before. */
  public GraphModel lastGood() {
    return lastGood;
  }
}
