package dev.graft.train;

import static dev.graft.train.Ranges.require;

/**
 * The rule by which a step moves the parameters, and what is done to gradients before it and to
 * parameters after it. Immutable.
 *
 * @param rule the update rule
 * @param momentum of SGD
 * @param nesterov whether SGD's momentum is Nesterov's
 * @param clipNorm the global gradient norm above which gradients are scaled down (Pascanu et al.
 *     2013); 0 for no clipping
 * @param accumulation the number of batches whose gradients are added up for one step, as if they
 *     were one large batch
 * @param averaging the decay of the running average of the parameters over the steps, which is what
 *     is validated and kept (Polyak and Juditsky 1992), such as 0.99; fewer steps than it remembers
 *     weigh the same. 0 for none
 */
public record Optimization(
    Optimizer rule,
    double momentum,
    boolean nesterov,
    double clipNorm,
    int accumulation,
    double averaging) {
  public static final Optimization DEFAULT = new Optimization(Optimizer.ADAMW, 0.9, true, 1, 1, 0);

  public Optimization {
    require(momentum >= 0 && momentum < 1, "momentum", "in [0, 1)", momentum);
    require(clipNorm >= 0, "clipNorm", "at least 0", clipNorm);
    require(accumulation >= 1, "accumulation", "at least 1", accumulation);
    require(averaging >= 0 && averaging < 1, "averaging", "in [0, 1)", averaging);
  }

  public Optimization withRule(Optimizer other) {
    return new Optimization(other, momentum, nesterov, clipNorm, accumulation, averaging);
  }

  public Optimization withMomentum(double other) {
    return new Optimization(rule, other, nesterov, clipNorm, accumulation, averaging);
  }

  public Optimization withNesterov(boolean other) {
    return new Optimization(rule, momentum, other, clipNorm, accumulation, averaging);
  }

  public Optimization withClipNorm(double other) {
    return new Optimization(rule, momentum, nesterov, other, accumulation, averaging);
  }

  public Optimization withAccumulation(int other) {
    return new Optimization(rule, momentum, nesterov, clipNorm, other, averaging);
  }

  public Optimization withAveraging(double other) {
    return new Optimization(rule, momentum, nesterov, clipNorm, accumulation, other);
  }
}
