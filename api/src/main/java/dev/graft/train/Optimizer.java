package dev.graft.train;

/** The rule by which a step moves the parameters. */
public enum Optimizer {
  /** Stochastic gradient descent with momentum, Nesterov's if asked for (Sutskever et al. 2013). */
  SGD,
  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
  ADAMW
}
