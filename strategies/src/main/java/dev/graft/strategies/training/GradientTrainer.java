package dev.graft.strategies.training;

import dev.graft.train.Trainer;
import dev.graft.train.TrainingContext;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingResult;

/**
 * Trains by mini-batches: shuffled by seed, rates by schedule, early stopping on the validation
 * error. The same plan and seed give the same result on one machine and backend. Stateless and
 * thread-safe.
 */
public final class GradientTrainer implements Trainer {
  @Override
  public TrainingResult train(TrainingPlan plan, TrainingContext context) {
    try (TrainingPrograms programs = new TrainingPrograms(plan, context.backend())) {
      return new TrainingLoop(plan, context, programs).run();
    }
  }
}
