package dev.graft.train;

import static dev.graft.train.Ranges.require;

/**
 * What keeps training from fitting its few examples too well. Immutable.
 *
 * @param weightDecay decoupled for AdamW, L2 for SGD; never on biases and normalisation parameters
 * @param startDecay decay of pre-trained parameters towards their values before training, in place
 *     of {@code weightDecay} (L2-SP; Li, Grandvalet, Davoine 2018); 0 for none
 * @param labelSmoothing see {@link CrossEntropy}
 * @param balancedClasses whether every class counts the same, whatever its number of examples
 * @param huber where numbers are predicted, the error, in deviations of the target, from which the
 *     loss grows linearly; 0 for squares everywhere
 * @param headPenalty the L2 penalty of a linear head on frozen features, per feature and example:
 *     the mean loss gets {@code headPenalty * width / examples / 2 * |weight|^2}, on standardised
 *     features
 */
public record Regularization(
    double weightDecay,
    double startDecay,
    double labelSmoothing,
    boolean balancedClasses,
    double huber,
    double headPenalty) {
  public static final Regularization DEFAULT = new Regularization(0.01, 0, 0, false, 0, 0.02);

  public Regularization {
    require(weightDecay >= 0, "weightDecay", "at least 0", weightDecay);
    require(startDecay >= 0, "startDecay", "at least 0", startDecay);
    require(
        labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing", "in [0, 1)", labelSmoothing);
    require(huber >= 0, "huber", "at least 0", huber);
    require(headPenalty >= 0, "headPenalty", "at least 0", headPenalty);
  }

  public Regularization withWeightDecay(double other) {
    return new Regularization(
        other, startDecay, labelSmoothing, balancedClasses, huber, headPenalty);
  }

  public Regularization withStartDecay(double other) {
    return new Regularization(
        weightDecay, other, labelSmoothing, balancedClasses, huber, headPenalty);
  }

  public Regularization withLabelSmoothing(double other) {
    return new Regularization(weightDecay, startDecay, other, balancedClasses, huber, headPenalty);
  }

  public Regularization withBalancedClasses(boolean other) {
    return new Regularization(weightDecay, startDecay, labelSmoothing, other, huber, headPenalty);
  }

  public Regularization withHuber(double other) {
    return new Regularization(
        weightDecay, startDecay, labelSmoothing, balancedClasses, other, headPenalty);
  }

  public Regularization withHeadPenalty(double other) {
    return new Regularization(
        weightDecay, startDecay, labelSmoothing, balancedClasses, huber, other);
  }
}
