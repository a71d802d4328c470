package dev.graft.cli;

import dev.graft.train.Augmentation;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.Optimizer;
import dev.graft.train.Schedule;
import dev.graft.train.TrainingSettings;
import dev.graft.train.Tuning;
import picocli.CommandLine.Option;

/** What differs from the default settings of training: one option changes one setting. */
final class TrainingOptions {
  private TrainingSettings settings = TrainingSettings.DEFAULT;

  TrainingSettings settings() {
    return settings;
  }

  // --- how long

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the examples.")
  void epochs(int n) {
    settings = settings.withEpochs(n);
  }

  @Option(names = "--batch", paramLabel = "N", description = "Examples a batch.")
  void batch(int n) {
    settings = settings.withBatchSize(n);
  }

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Epochs without a better validation error before it stops; 0 for never.")
  void patience(int n) {
    settings = settings.stopping(s -> s.withPatience(n));
  }

  @Option(
      names = "--validation-fraction",
      paramLabel = "F",
      description = "Part of the examples held back where there is no --val; 0 for none.")
  void validationFraction(double fraction) {
    settings = settings.stopping(s -> s.withValidationFraction(fraction));
  }

  // --- learning rate and update rule

  @Option(names = "--rate", paramLabel = "R", description = "Learning rate of new layers.")
  void rate(double rate) {
    settings = settings.schedule(s -> s.withRate(rate));
  }

  @Option(names = "--schedule", description = "${COMPLETION-CANDIDATES}.")
  void schedule(Schedule.Shape shape) {
    settings = settings.schedule(s -> s.withShape(shape));
  }

  @Option(
      names = "--warm-up",
      paramLabel = "F",
      description = "Part of all steps in which the rate rises.")
  void warmUp(double fraction) {
    settings = settings.schedule(s -> s.withWarmUp(fraction));
  }

  @Option(names = "--optimizer", description = "${COMPLETION-CANDIDATES}.")
  void optimizer(Optimizer rule) {
    settings = settings.optimization(o -> o.withRule(rule));
  }

  @Option(names = "--momentum", paramLabel = "M", description = "Of SGD.")
  void momentum(double momentum) {
    settings = settings.optimization(o -> o.withMomentum(momentum));
  }

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "The norm above which gradients are scaled down; 0 for never.")
  void clip(double norm) {
    settings = settings.optimization(o -> o.withClipNorm(norm));
  }

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      description = "Batches whose gradients are added up for one step.")
  void accumulate(int batches) {
    settings = settings.optimization(o -> o.withAccumulation(batches));
  }

  @Option(
      names = "--average",
      paramLabel = "D",
      description = "Keep a running average of the parameters that forgets by D, such as 0.99.")
  void average(double decay) {
    settings = settings.optimization(o -> o.withAveraging(decay));
  }

  // --- regularization

  @Option(
      names = "--augment",
      paramLabel = "CHANGES",
      arity = "0..1",
      fallbackValue = "photographs",
      description =
          "Random changes of training images: photographs, none, or a list of flip, crop=PART,"
              + " colour=STRENGTH, rotation=DEGREES, cutout=PART, mixup=ALPHA.")
  void augment(String changes) {
    settings = settings.with(Augmentation.parse(changes));
  }

  @Option(
      names = "--start-decay",
      paramLabel = "D",
      description = "Decay of pre-trained parameters towards their values before training.")
  void startDecay(double decay) {
    settings = settings.regularization(r -> r.withStartDecay(decay));
  }

  @Option(names = "--weight-decay", paramLabel = "D", description = "Not on biases and norms.")
  void weightDecay(double decay) {
    settings = settings.regularization(r -> r.withWeightDecay(decay));
  }

  @Option(names = "--label-smoothing", paramLabel = "E", description = "In [0, 1).")
  void labelSmoothing(double smoothing) {
    settings = settings.regularization(r -> r.withLabelSmoothing(smoothing));
  }

  @Option(names = "--balanced", description = "Every class counts the same.")
  void balanced(boolean on) {
    settings = settings.regularization(r -> r.withBalancedClasses(on));
  }

  @Option(
      names = "--huber",
      paramLabel = "D",
      description = "Deviations of a number from which its loss grows linearly; 0 for squares.")
  void huber(double deviations) {
    settings = settings.regularization(r -> r.withHuber(deviations));
  }

  @Option(
      names = "--head-penalty",
      paramLabel = "P",
      description = "L2 penalty of a linear head on frozen features.")
  void headPenalty(double penalty) {
    settings = settings.regularization(r -> r.withHeadPenalty(penalty));
  }

  // --- what of the pre-trained network is tuned

  @Option(names = "--tune", description = "${COMPLETION-CANDIDATES}.")
  void tune(Tuning.Method method) {
    settings = settings.tuning(t -> t.withMethod(method));
  }

  @Option(names = "--lora-rank", paramLabel = "N", description = "Of the adapters.")
  void loraRank(int rank) {
    settings = settings.tuning(t -> t.withLora(t.lora().withRank(rank)));
  }

  @Option(names = "--lora-alpha", paramLabel = "A", description = "Strength of the adapters.")
  void loraAlpha(double alpha) {
    settings = settings.tuning(t -> t.withLora(t.lora().withAlpha(alpha)));
  }

  @Option(
      names = "--lora-weights",
      split = ",",
      paramLabel = "PATTERN",
      description = "Weights to adapt, such as '*.query.weight'; all that can be by default.")
  void loraWeights(String... patterns) {
    settings = settings.tuning(t -> t.withLora(t.lora().withWeights(patterns)));
  }

  @Option(
      names = "--head-first",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Fit the new head to the frozen network first; --no-head-first: do not.")
  void headFirst(boolean on) {
    settings = settings.tuning(t -> t.withHeadFirst(on));
  }

  @Option(
      names = "--lowest-rate-factor",
      paramLabel = "F",
      description = "The lowest layer's rate as a part of the highest pre-trained layer's.")
  void lowestRateFactor(double factor) {
    settings = settings.tuning(t -> t.withLowestRateFactor(factor));
  }

  @Option(
      names = "--relative-rates",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Pre-trained layers' rates count in units of their weights' size (AdamW).")
  void relativeRates(boolean on) {
    settings = settings.tuning(t -> t.withRelativeRates(on));
  }

  @Option(
      names = "--unfreeze-epochs",
      paramLabel = "N",
      description = "Epochs over which layers are unfrozen, from the head down; 0: all at once.")
  void unfreezeEpochs(int epochs) {
    settings = settings.tuning(t -> t.withUnfreezeEpochs(epochs));
  }

  @Option(
      names = "--backbone-rate-factor",
      paramLabel = "F",
      description = "The pre-trained layers' rate as a part of --rate.")
  void backboneRateFactor(double factor) {
    settings = settings.tuning(t -> t.withBackboneRateFactor(factor));
  }

  @Option(
      names = "--freeze",
      split = ",",
      paramLabel = "PATTERN",
      description = "Parameters that stay as they are, such as 'encoder.layer.0.*'.")
  void freeze(String... patterns) {
    settings = settings.tuning(t -> t.withFreeze(patterns));
  }

  @Option(
      names = "--freeze-layers",
      paramLabel = "N",
      description = "Layers, from the data, that stay as they are; -N: all but the last N.")
  void freezeLayers(int layers) {
    settings = settings.tuning(t -> t.withFreezeLayers(layers));
  }

  @Option(names = "--batch-norm", description = "${COMPLETION-CANDIDATES}.")
  void batchNorm(BatchNormPolicy policy) {
    settings = settings.tuning(t -> t.withBatchNorm(policy));
  }
}
