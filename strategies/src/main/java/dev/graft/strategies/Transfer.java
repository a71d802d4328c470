package dev.graft.strategies;

import dev.graft.data.Labeled;
import dev.graft.model.NativeFeatures;
import dev.graft.model.PretrainedModel;
import dev.graft.random.Seed;
import dev.graft.strategies.training.RateCurve;
import dev.graft.strategies.training.RateFinder;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.nio.file.Path;
import java.util.Optional;

/** A transfer that is being described; see {@link Graft#transfer}. Immutable. */
public final class Transfer {
  /** The strategy where none is named. */
  public static final String DEFAULT_STRATEGY = "fine-tuning";

  private final Graft graft;
  private final PretrainedModel model;
  private final String strategy;
  private final Optional<String> cut;
  private final String head;
  private final TransferContext context;

  Transfer(Graft graft, PretrainedModel model, TransferContext context) {
    this(
        graft,
        model,
        DEFAULT_STRATEGY,
        model.preprocessing() instanceof NativeFeatures
            ? Optional.of(NativeFeatures.FEATURES)
            : Optional.empty(),
        Inductive.LINEAR,
        context);
  }

  private Transfer(
      Graft graft,
      PretrainedModel model,
      String strategy,
      Optional<String> cut,
      String head,
      TransferContext context) {
    this.graft = graft;
    this.model = model;
    this.strategy = strategy;
    this.cut = cut;
    this.head = head;
    this.context = context;
  }

  /** By another strategy. */
  public Transfer with(String name) {
    return new Transfer(graft, model, name, cut, head, context);
  }

  public Transfer with(TrainingSettings settings) {
    return new Transfer(graft, model, strategy, cut, head, context.with(settings));
  }

  /** All chance comes from this number. */
  public Transfer seed(long seed) {
    return new Transfer(graft, model, strategy, cut, head, context.with(new Seed(seed)));
  }

  public Transfer progress(Progress progress) {
    return new Transfer(graft, model, strategy, cut, head, context.with(progress));
  }

  /** Asked between steps whether to stop; what there is then is kept. */
  public Transfer cancellation(Cancellation cancellation) {
    return new Transfer(graft, model, strategy, cut, head, context.with(cancellation));
  }

  /**
   * Keeps the state of training in this folder after every epoch. If there is one of the same run
   * already, training goes on from it, with the same result as without the interruption.
   */
  public Transfer checkpoints(Path folder) {
    return new Transfer(graft, model, strategy, cut, head, context.withCheckpoints(folder));
  }

  /** With the new head on this value of the network. */
  public Transfer cutAt(String value) {
    return new Transfer(graft, model, strategy, Optional.of(value), head, context);
  }

  /** With another head: {@code linear}, {@code mlp}, or the name of a fitter. */
  public Transfer withHead(String name) {
    return new Transfer(graft, model, strategy, cut, name, context);
  }

  /**
   * Makes the model.
   *
   * @throws dev.graft.transfer.StrategyException if the strategy does not fit
   */
  public TransferredModel fit(Labeled<?> train) {
    return graft.fit(strategy, new Inductive(model, train, Optional.empty(), cut, head), context);
  }

  /**
   * Tries learning rates on what the strategy would train, and leaves everything as it was.
   *
   * @throws dev.graft.transfer.StrategyException if the strategy trains nothing by gradient
   */
  public RateCurve findRate(Labeled<?> train) {
    RateFinder finder = new RateFinder();
    graft.fit(
        strategy, new Inductive(model, train, Optional.empty(), cut, head), context.with(finder));
    return finder
        .curve()
        .orElseThrow(
            () ->
                new StrategyException(
                    "'" + strategy + "' has no learning rate; choose a strategy that trains"));
  }

  /**
   * Makes the model; the validation part may decide when to stop, and is measured.
   *
   * @throws dev.graft.transfer.StrategyException if the strategy does not fit
   */
  public TransferredModel fit(Labeled<?> train, Labeled<?> validation) {
    return graft.fit(
        strategy, new Inductive(model, train, Optional.of(validation), cut, head), context);
  }
}
