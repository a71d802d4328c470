package dev.graft.train;

/** The training service: minimises an objective over a model's trainable parameters. */
public interface Trainer {
  /**
   * Trains until the epochs are over, the validation error has stopped improving, or it is
   * cancelled. Native memory that it takes is freed before it returns.
   *
   * @throws DivergedException if a loss is not finite
   * @throws dev.graft.graph.GraphException if a node below the objective has no derivative
   * @throws dev.graft.backend.UnsupportedGraphException if the backend lacks an operator
   */
  TrainingResult train(TrainingPlan plan, TrainingContext context);
}
