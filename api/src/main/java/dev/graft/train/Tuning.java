package dev.graft.train;

import static dev.graft.train.TrainingSettings.require;

import java.util.List;

/**
 * Which parameters of a pre-trained network fine-tuning moves, and how fast. Immutable.
 *
 * @param backboneRateFactor the pre-trained layers' learning rate as a part of the schedule's
 * @param headFirst whether the new head is first fitted to the frozen backbone
 * @param freeze patterns of logical parameter names, with {@code *} for any characters, that stay
 *     as they are
 * @param freezeLayers the number of layers, counted from the data, that stay as they are; if
 *     negative, all but so many layers do: -1 trains the head alone
 * @param batchNorm what batch normalisation does; training from scratch always uses batch
 *     statistics
 */
public record Tuning(
    double backboneRateFactor,
    boolean headFirst,
    List<String> freeze,
    int freezeLayers,
    BatchNormPolicy batchNorm) {
  public static final Tuning DEFAULT =
      new Tuning(0.1, true, List.of(), 0, BatchNormPolicy.FROZEN_STATISTICS);

  public Tuning {
    require(backboneRateFactor >= 0, "backboneRateFactor", "at least 0", backboneRateFactor);
    freeze = List.copyOf(freeze);
  }

  public Tuning withBackboneRateFactor(double other) {
    return new Tuning(other, headFirst, freeze, freezeLayers, batchNorm);
  }

  public Tuning withHeadFirst(boolean other) {
    return new Tuning(backboneRateFactor, other, freeze, freezeLayers, batchNorm);
  }

  public Tuning withFreeze(String... other) {
    return new Tuning(backboneRateFactor, headFirst, List.of(other), freezeLayers, batchNorm);
  }

  public Tuning withFreezeLayers(int other) {
    return new Tuning(backboneRateFactor, headFirst, freeze, other, batchNorm);
  }

  public Tuning withBatchNorm(BatchNormPolicy other) {
    return new Tuning(backboneRateFactor, headFirst, freeze, freezeLayers, other);
  }
}
