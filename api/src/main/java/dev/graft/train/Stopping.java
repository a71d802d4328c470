package dev.graft.train;

import static dev.graft.train.Ranges.require;

/**
 * When training ends before its epochs are over. Immutable.
 *
 * @param patience epochs without a better validation error before training stops; 0 for never
 * @param validationFraction the part of the training examples held back for early stopping where
 *     the problem has no validation part; 0 for none
 */
public record Stopping(int patience, double validationFraction) {
  public static final Stopping DEFAULT = new Stopping(5, 0.15);

  public Stopping {
    require(patience >= 0, "patience", "at least 0", patience);
    require(
        validationFraction >= 0 && validationFraction < 1,
        "validationFraction",
        "in [0, 1)",
        validationFraction);
  }

  public Stopping withPatience(int other) {
    return new Stopping(other, validationFraction);
  }

  public Stopping withValidationFraction(double other) {
    return new Stopping(patience, other);
  }
}
