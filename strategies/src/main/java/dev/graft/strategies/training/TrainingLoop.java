package dev.graft.strategies.training;

import dev.graft.data.Batch;
import dev.graft.graph.ParameterStore;
import dev.graft.random.Seed;
import dev.graft.strategies.training.TrainingPrograms.Moment;
import dev.graft.strategies.training.TrainingPrograms.Validation;
import dev.graft.strategies.training.TrainingPrograms.Weighted;
import dev.graft.train.DivergedException;
import dev.graft.train.Examples;
import dev.graft.train.Progress;
import dev.graft.train.TrainingContext;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingPlan.Part;
import dev.graft.train.TrainingResult;
import dev.graft.train.TrainingResult.Ending;
import dev.graft.train.TrainingResult.Epoch;
import dev.graft.train.TrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The epochs of one training run. */
final class TrainingLoop {
  /** Errors that differ by less are the same number of wrong examples. */
  private static final double ROUNDING = 1e-6;

  private final TrainingPlan plan;
  private final TrainingContext context;
  private final TrainingPrograms programs;
  private final TrainingSettings settings;
  private final RateSchedule schedule;
  private final int batchSize;
  private final int stepsPerEpoch;

  private final List<Epoch> history = new ArrayList<>();

  /** The parameters to return: best by validation error, or of the last whole epoch without one. */
  private ParameterStore best;

  private double bestError = Double.POSITIVE_INFINITY;
  private int bestEpoch;

  /** The first epoch with the best error; later ones that are as good do not prolong training. */
  private int improvedEpoch;

  TrainingLoop(TrainingPlan plan, TrainingContext context, TrainingPrograms programs) {
    this.plan = plan;
    this.context = context;
    this.programs = programs;
    this.settings = plan.settings();
    int n = plan.train().size();
    this.batchSize = Math.min(settings.batchSize(), n);
    int accumulation = settings.optimization().accumulation();
    int batches = (n + batchSize - 1) / batchSize;
    this.stepsPerEpoch = (batches + accumulation - 1) / accumulation;
    this.schedule = new RateSchedule(settings.schedule(), (long) stepsPerEpoch * settings.epochs());
    this.best = ParameterStore.EMPTY;
  }

  TrainingResult run() {
    Optional<CheckpointFile> file =
        context.checkpoint().map(p -> CheckpointFile.of(p, plan, context));
    Optional<Checkpoint> found = file.flatMap(CheckpointFile::read);
    if (found.isPresent()) {
      resume(found.get());
    } else if (plan.validation().isPresent()) {
      bestError = validate(plan.validation().get(), 0).error();
    }
    Ending ending = Ending.EPOCHS_DONE;
    while (history.size() < settings.epochs()) {
      if (hasStoppedImproving()) {
        ending = Ending.STOPPED_EARLY;
        break;
      }
      OptionalDouble loss = epoch(history.size());
      if (loss.isEmpty()) {
        ending = Ending.CANCELLED;
        if (plan.validation().isEmpty()) {
          keep();
        }
        break;
      }
      finish(loss.getAsDouble());
      file.ifPresent(f -> f.write(checkpoint()));
    }
    return new TrainingResult(plan.model().with(best), history, bestEpoch, ending);
  }

  private boolean hasStoppedImproving() {
    return plan.validation().isPresent()
        && settings.stopping().patience() > 0
        && history.size() - improvedEpoch >= settings.stopping().patience();
  }

  /** One pass; empty if it was cancelled before its end. */
  private OptionalDouble epoch(int epoch) {
    double sum = 0;
    int steps = 0;
    for (List<Weighted> batches : steps(epoch)) {
      if (context.cancellation().isRequested()) {
        return OptionalDouble.empty();
      }
      long step = (long) epoch * stepsPerEpoch + steps;
      double loss = programs.step(batches, new Moment(epoch, step, schedule.rate(step)));
      if (!Double.isFinite(loss)) {
        throw new DivergedException(step + 1, loss, plan.model().with(best));
      }
      sum += loss;
      steps++;
    }
    return OptionalDouble.of(sum / steps);
  }

  /** The steps of one pass over the training examples, each as the batches that it is made from. */
  Iterable<List<Weighted>> steps(int epoch) {
    Seed seed = context.seed().derive("epoch", epoch);
    int[] order = plan.train().examples().order(batchSize, seed);
    Pass pass = new Pass(plan.train(), order, batchSize, Optional.of(seed));
    return () ->
        new Iterator<>() {
          private int steps;

          @Override
          public boolean hasNext() {
            return pass.hasNext();
          }

          @Override
          public List<Weighted> next() {
            return together(pass, seed.derive("mixup", steps++));
          }
        };
  }

  /** The batches of one step; every example weighs the same in it. */
  private List<Weighted> together(Pass pass, Seed seed) {
    double alpha = settings.augmentation().mixup();
    List<Counted> counted = new ArrayList<>();
    for (int i = 0; i < settings.optimization().accumulation() && pass.hasNext(); i++) {
      counted.add(pass.next());
    }
    int examples = counted.stream().mapToInt(Counted::examples).sum();
    List<Weighted> batches = new ArrayList<>();
    for (Counted c : counted) {
      Seed own = seed.derive("batch", batches.size());
      Optional<Mixup> mixup =
          alpha > 0 ? Optional.of(Mixup.draw(alpha, c.batch().size(), own)) : Optional.empty();
      batches.add(new Weighted(c.batch(), c.weights(examples), mixup));
    }
    return batches;
  }

  /** Records an epoch and keeps its parameters if they are the best. */
  private void finish(double trainLoss) {
    Optional<Validation> validation =
        plan.validation().map(v -> validate(v, (long) (history.size() + 1) * stepsPerEpoch));
    history.add(
        new Epoch(trainLoss, of(validation, Validation::loss), of(validation, Validation::error)));
    // Of equal epochs the later one is kept: its rates were lower.
    double error = validation.map(Validation::error).orElse(0.0);
    if (validation.isEmpty() || error <= bestError + ROUNDING) {
      improvedEpoch = error < bestError - ROUNDING ? history.size() : improvedEpoch;
      bestError = Math.min(error, bestError);
      keep();
    }
    double steps = (double) history.size() * stepsPerEpoch;
    Map<String, Double> metrics = new HashMap<>(Map.of("step", steps, "loss", trainLoss));
    validation.ifPresent(
        v -> {
          metrics.put("validation/loss", v.loss());
          metrics.put("validation/error", v.error());
        });
    context
        .progress()
        .report(new Progress.Event("training", history.size(), settings.epochs(), metrics));
  }

  private void keep() {
    best = programs.parameters();
    bestEpoch = history.size();
  }

  private static OptionalDouble of(
      Optional<Validation> validation, ToDoubleFunction<Validation> number) {
    return validation.stream().mapToDouble(number).findFirst();
  }

  /** The mean loss and error over a part. */
  Validation validate(Part part, long step) {
    int[] order = IntStream.range(0, part.size()).toArray();
    Pass pass =
        new Pass(part, order, Math.min(settings.batchSize(), part.size()), Optional.empty());
    Validation sum = new Validation(0, 0);
    int examples = 0;
    while (pass.hasNext()) {
      Counted c = pass.next();
      Weighted batch = new Weighted(c.batch(), c.weights(c.examples()), Optional.empty());
      sum = sum.plus(programs.validate(batch, part), c.examples());
      examples += c.examples();
    }
    Validation mean = new Validation(0, 0).plus(sum, 1.0 / examples);
    if (!Double.isFinite(mean.loss())) {
      throw new DivergedException(step, mean.loss(), plan.model().with(best));
    }
    return mean;
  }

  // --- checkpoints

  private Checkpoint checkpoint() {
    return new Checkpoint(history, bestEpoch, bestError, improvedEpoch, best, programs.snapshot());
  }

  private void resume(Checkpoint c) {
    history.addAll(c.history());
    bestEpoch = c.bestEpoch();
    bestError = c.bestError();
    improvedEpoch = c.improvedEpoch();
    best = c.best();
    programs.resume(c.slots());
  }

  // --- batches

  /**
   * A full batch in which only some examples count.
   *
   * @param counts whether each one counts
   * @param examples how many do
   */
  @SuppressWarnings("ArrayRecordComponent") // used at once
  private record Counted(Batch batch, boolean[] counts, int examples) {
    /** The weight of each example where so many count in all. */
    float[] weights(int all) {
      float[] weights = new float[counts.length];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = counts[i] ? 1f / all : 0;
      }
      return weights;
    }
  }

  /**
   * One pass in batches of equal size. The last one is filled up with examples from the beginning
   * that weigh nothing, so that statistics over the batch are still those of real, varied examples.
   */
  private static final class Pass {
    private final Iterator<Batch> batches;
    private final int size;
    private final BitSet seen = new BitSet();

    /**
     * @param chance what random changes of the examples are drawn from; empty for none
     */
    Pass(Part part, int[] order, int size, Optional<Seed> chance) {
      this.size = size;
      int whole = (order.length + size - 1) / size * size;
      int[] filled = Arrays.copyOf(order, whole);
      System.arraycopy(order, 0, filled, order.length, whole - order.length);
      Examples examples = part.examples();
      this.batches =
          chance
              .map(seed -> examples.changed(filled, size, seed))
              .orElseGet(() -> examples.batches(filled, size));
    }

    boolean hasNext() {
      return batches.hasNext();
    }

    Counted next() {
      Batch given = batches.next();
      boolean[] counts = new boolean[size];
      int examples = 0;
      for (int i = 0; i < given.size(); i++) {
        int position = given.positions()[i];
        counts[i] = !seen.get(position);
        seen.set(position);
        examples += counts[i] ? 1 : 0;
      }
      return new Counted(TrainingPrograms.fill(given, size), counts, examples);
    }
  }
}
