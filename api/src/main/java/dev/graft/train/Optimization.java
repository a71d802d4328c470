package dev.graft.train;

import static dev.graft.train.TrainingSettings.require;

/**
 * The rule by which a step moves the parameters, and what is done to gradients before. Immutable.
 *
 * @param rule the update rule
 * @param momentum of SGD
 * @param nesterov whether SGD's momentum is Nesterov's
 * @param clipNorm the global gradient norm above which gradients are scaled down (Pascanu et al.
 *     2013); 0 for no clipping
 */
public record Optimization(Optimizer rule, double momentum, boolean nesterov, double clipNorm) {
  public static final Optimization DEFAULT = new Optimization(Optimizer.ADAMW, 0.9, true, 1);

  public Optimization {
    require(momentum >= 0 && momentum < 1, "momentum", "in [0, 1)", momentum);
    require(clipNorm >= 0, "clipNorm", "at least 0", clipNorm);
  }

  public Optimization withRule(Optimizer other) {
    return new Optimization(other, momentum, nesterov, clipNorm);
  }

  public Optimization withMomentum(double other) {
    return new Optimization(rule, other, nesterov, clipNorm);
  }

  public Optimization withNesterov(boolean other) {
    return new Optimization(rule, momentum, other, clipNorm);
  }

  public Optimization withClipNorm(double other) {
    return new Optimization(rule, momentum, nesterov, other);
  }
}
