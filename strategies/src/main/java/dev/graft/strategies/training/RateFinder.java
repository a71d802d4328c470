package dev.graft.strategies.training;

import dev.graft.strategies.training.TrainingPrograms.Moment;
import dev.graft.train.Progress;
import dev.graft.train.Trainer;
import dev.graft.train.TrainingContext;
import dev.graft.train.TrainingException;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingResult;
import dev.graft.train.TrainingResult.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds a learning rate by a range test (Smith 2017, section 3.3): the rate rises from step to step
 * over many orders of magnitude, until the loss explodes. It stands in for a {@link Trainer}, so
 * that it tests what a strategy would train, and gives the network back as it was. One finder holds
 * the result of its last test; not thread-safe.
 */
public final class RateFinder implements Trainer {
  private static final double LOWEST = 1e-6;
  private static final double HIGHEST = 10;
  private static final int STEPS = 100;

  /** Losses are smoothed with this decay (and corrected for its start). */
  private static final double SMOOTHING = 0.9;

  /** The test ends when the smoothed loss is this many times the lowest. */
  private static final double EXPLODED = 4;

  private Optional<RateCurve> curve = Optional.empty();

  /** The curve of the last test; empty if nothing was trained. */
  public Optional<RateCurve> curve() {
    return curve;
  }

  @Override
  public TrainingResult train(TrainingPlan plan, TrainingContext context) {
    List<Double> rates = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    try (TrainingPrograms programs = new TrainingPrograms(plan, context.backend())) {
      TrainingLoop loop = new TrainingLoop(plan, context, programs);
      double average = 0;
      double lowest = Double.POSITIVE_INFINITY;
      int step = 0;
      // Every group is active in the last epoch.
      int epoch = plan.settings().epochs() + plan.settings().tuning().unfreezeEpochs();
      for (int pass = 0; step < STEPS && !context.cancellation().isRequested(); pass++) {
        for (var batches : loop.steps(pass)) {
          double rate = LOWEST * Math.pow(HIGHEST / LOWEST, step / (STEPS - 1.0));
          double loss = programs.step(batches, new Moment(epoch, step, rate));
          step++;
          average = SMOOTHING * average + (1 - SMOOTHING) * loss;
          double smooth = average / (1 - Math.pow(SMOOTHING, step));
          boolean exploded = !Double.isFinite(loss) || smooth > EXPLODED * lowest;
          if (exploded || step >= STEPS) {
            step = STEPS;
            break;
          }
          lowest = Math.min(lowest, smooth);
          rates.add(rate);
          losses.add(smooth);
          context.progress().report(new Progress.Event("rates", step, STEPS, java.util.Map.of()));
        }
      }
    }
    if (rates.size() < 2) {
      throw new TrainingException("the loss exploded at once; no learning rate can be found");
    }
    curve = Optional.of(new RateCurve(rates, losses));
    return new TrainingResult(plan.model(), List.of(), 0, Ending.CANCELLED);
  }
}
