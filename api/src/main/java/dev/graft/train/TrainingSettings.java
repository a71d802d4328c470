package dev.graft.train;

import java.util.List;

/**
 * How to train. Strategies take from it what they need; the defaults suit fine-tuning on a few
 * hundred examples.
 *
 * @param epochs passes over the training examples, at most
 * @param batchSize examples a step
 * @param optimizer the update rule
 * @param learningRate the peak of the schedule, for new layers
 * @param backboneRateFactor the pre-trained layers' learning rate as a part of that
 * @param momentum of SGD
 * @param nesterov whether SGD's momentum is Nesterov's
 * @param weightDecay decoupled for AdamW, L2 for SGD; never on biases and normalisation parameters
 * @param warmUpFraction the part of all steps in which the rate rises linearly from 0; cosine decay
 *     to 0 follows
 * @param frozenWarmUp whether fine-tuning first fits the new head to the frozen backbone
 * @param patience epochs without a better validation loss before training stops; 0 for never
 * @param clipNorm the global gradient norm above which gradients are scaled down; 0 for no clipping
 * @param validationFraction the part of the training examples held back for early stopping where
 *     the problem has no validation part; 0 for none
 * @param labelSmoothing see {@link CrossEntropy}
 * @param balancedClasses whether every class counts the same, whatever its number of examples
 * @param batchNorm what batch normalisation does while fine-tuning; training from scratch always
 *     uses batch statistics
 * @param freeze patterns of logical parameter names, with {@code *} for any characters, that
 *     fine-tuning leaves as they are
 * @param freezeDepth the number of layers, counted from the data, that fine-tuning leaves as they
 *     are
 * @param headPenalty the L2 penalty of a linear head on frozen features, per feature and example:
 *     the mean loss gets {@code headPenalty * width / examples / 2 * |weight|^2}, on standardised
 *     features
 */
public record TrainingSettings(
    int epochs,
    int batchSize,
    Optimizer optimizer,
    double learningRate,
    double backboneRateFactor,
    double momentum,
    boolean nesterov,
    double weightDecay,
    double warmUpFraction,
    boolean frozenWarmUp,
    int patience,
    double clipNorm,
    double validationFraction,
    double labelSmoothing,
    boolean balancedClasses,
    BatchNormPolicy batchNorm,
    List<String> freeze,
    int freezeDepth,
    double headPenalty) {

  public static final TrainingSettings DEFAULT = builder().build();

  public TrainingSettings {
    require(epochs >= 1, "epochs", "at least 1", epochs);
    require(batchSize >= 1, "batchSize", "at least 1", batchSize);
    require(
        learningRate > 0 && Double.isFinite(learningRate), "learningRate", "above 0", learningRate);
    require(backboneRateFactor >= 0, "backboneRateFactor", "at least 0", backboneRateFactor);
    require(momentum >= 0 && momentum < 1, "momentum", "in [0, 1)", momentum);
    require(weightDecay >= 0, "weightDecay", "at least 0", weightDecay);
    require(
        warmUpFraction >= 0 && warmUpFraction <= 1, "warmUpFraction", "in [0, 1]", warmUpFraction);
    require(patience >= 0, "patience", "at least 0", patience);
    require(clipNorm >= 0, "clipNorm", "at least 0", clipNorm);
    require(
        validationFraction >= 0 && validationFraction < 1,
        "validationFraction",
        "in [0, 1)",
        validationFraction);
    require(
        labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing", "in [0, 1)", labelSmoothing);
    freeze = List.copyOf(freeze);
    require(freezeDepth >= 0, "freezeDepth", "at least 0", freezeDepth);
    require(headPenalty >= 0, "headPenalty", "at least 0", headPenalty);
  }

  private static void require(boolean holds, String setting, String range, Number given) {
    if (!holds) {
      throw new IllegalArgumentException(setting + " must be " + range + ", but is " + given);
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Sets what differs from the defaults. */
  public static final class Builder {
    private int epochs = 20;
    private int batchSize = 32;
    private Optimizer optimizer = Optimizer.ADAMW;
    private double learningRate = 5e-4;
    private double backboneRateFactor = 0.1;
    private double momentum = 0.9;
    private boolean nesterov = true;
    private double weightDecay = 0.01;
    private double warmUpFraction = 0.1;
    private boolean frozenWarmUp = true;
    private int patience = 5;
    private double clipNorm = 1;
    private double validationFraction = 0.15;
    private double labelSmoothing;
    private boolean balancedClasses;
    private BatchNormPolicy batchNorm = BatchNormPolicy.FROZEN_STATISTICS;
    private List<String> freeze = List.of();
    private int freezeDepth;
    private double headPenalty = 0.02;

    private Builder() {}

    private Builder(TrainingSettings s) {
      epochs = s.epochs;
      batchSize = s.batchSize;
      optimizer = s.optimizer;
      learningRate = s.learningRate;
      backboneRateFactor = s.backboneRateFactor;
      momentum = s.momentum;
      nesterov = s.nesterov;
      weightDecay = s.weightDecay;
      warmUpFraction = s.warmUpFraction;
      frozenWarmUp = s.frozenWarmUp;
      patience = s.patience;
      clipNorm = s.clipNorm;
      validationFraction = s.validationFraction;
      labelSmoothing = s.labelSmoothing;
      balancedClasses = s.balancedClasses;
      batchNorm = s.batchNorm;
      freeze = s.freeze;
      freezeDepth = s.freezeDepth;
      headPenalty = s.headPenalty;
    }

    public Builder epochs(int n) {
      epochs = n;
      return this;
    }

    public Builder batchSize(int n) {
      batchSize = n;
      return this;
    }

    public Builder optimizer(Optimizer o) {
      optimizer = o;
      return this;
    }

    public Builder learningRate(double rate) {
      learningRate = rate;
      return this;
    }

    public Builder backboneRateFactor(double factor) {
      backboneRateFactor = factor;
      return this;
    }

    public Builder momentum(double m) {
      momentum = m;
      return this;
    }

    public Builder nesterov(boolean on) {
      nesterov = on;
      return this;
    }

    public Builder weightDecay(double decay) {
      weightDecay = decay;
      return this;
    }

    public Builder warmUpFraction(double fraction) {
      warmUpFraction = fraction;
      return this;
    }

    public Builder frozenWarmUp(boolean on) {
      frozenWarmUp = on;
      return this;
    }

    public Builder patience(int n) {
      patience = n;
      return this;
    }

    public Builder clipNorm(double norm) {
      clipNorm = norm;
      return this;
    }

    public Builder validationFraction(double fraction) {
      validationFraction = fraction;
      return this;
    }

    public Builder labelSmoothing(double smoothing) {
      labelSmoothing = smoothing;
      return this;
    }

    public Builder balancedClasses(boolean on) {
      balancedClasses = on;
      return this;
    }

    public Builder batchNorm(BatchNormPolicy policy) {
      batchNorm = policy;
      return this;
    }

    public Builder freeze(String... patterns) {
      freeze = List.of(patterns);
      return this;
    }

    public Builder freezeDepth(int layers) {
      freezeDepth = layers;
      return this;
    }

    public Builder headPenalty(double penalty) {
      headPenalty = penalty;
      return this;
    }

    /** The settings, checked. */
    public TrainingSettings build() {
      return new TrainingSettings(
          epochs,
          batchSize,
          optimizer,
          learningRate,
          backboneRateFactor,
          momentum,
          nesterov,
          weightDecay,
          warmUpFraction,
          frozenWarmUp,
          patience,
          clipNorm,
          validationFraction,
          labelSmoothing,
          balancedClasses,
          batchNorm,
          freeze,
          freezeDepth,
          headPenalty);
    }
  }
}
