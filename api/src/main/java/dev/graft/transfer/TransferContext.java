package dev.graft.transfer;

import dev.graft.backend.Backend;
import dev.graft.data.LoaderOptions;
import dev.graft.random.Seed;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import dev.graft.train.Trainer;
import dev.graft.train.TrainingContext;
import dev.graft.train.TrainingSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a strategy is given besides the problem. A strategy asks the services for features and
 * training, and never runs the backend itself.
 *
 * @param backend the engine; whoever made the context closes it
 * @param features where features of frozen networks come from
 * @param trainer the training service
 * @param loading how examples are read, and what happens to unreadable ones
 * @param settings how to train
 * @param seed all chance comes from here
 * @param progress hears how far it is
 * @param cancellation asked between steps
 * @param checkpoints the directory in which the state of training is kept, so that a killed run can
 *     go on; empty for none
 */
public record TransferContext(
    Backend backend,
    FeatureStore features,
    Trainer trainer,
    LoaderOptions loading,
    TrainingSettings settings,
    Seed seed,
    Progress progress,
    Cancellation cancellation,
    Optional<Path> checkpoints) {

  /** A context in which unreadable examples are errors, without progress and checkpoints. */
  public static TransferContext of(
      Backend backend,
      FeatureStore features,
      Trainer trainer,
      TrainingSettings settings,
      Seed seed) {
    return new TransferContext(
        backend,
        features,
        trainer,
        LoaderOptions.strict(),
        settings,
        seed,
        Progress.SILENT,
        Cancellation.NEVER,
        Optional.empty());
  }

  /** The context for one training of several that a strategy may do. */
  public TrainingContext training(String purpose) {
    return new TrainingContext(
        backend,
        seed.derive(purpose),
        progress,
        cancellation,
        checkpoints.map(directory -> directory.resolve(purpose + ".checkpoint")));
  }

  public TransferContext with(FeatureStore other) {
    return new TransferContext(
        backend, other, trainer, loading, settings, seed, progress, cancellation, checkpoints);
  }

  public TransferContext with(Trainer other) {
    return new TransferContext(
        backend, features, other, loading, settings, seed, progress, cancellation, checkpoints);
  }

  public TransferContext with(TrainingSettings other) {
    return new TransferContext(
        backend, features, trainer, loading, other, seed, progress, cancellation, checkpoints);
  }

  public TransferContext with(Seed other) {
    return new TransferContext(
        backend, features, trainer, loading, settings, other, progress, cancellation, checkpoints);
  }

  public TransferContext with(Progress other) {
    return new TransferContext(
        backend, features, trainer, loading, settings, seed, other, cancellation, checkpoints);
  }

  public TransferContext with(Cancellation other) {
    return new TransferContext(
        backend, features, trainer, loading, settings, seed, progress, other, checkpoints);
  }

  public TransferContext with(LoaderOptions other) {
    return new TransferContext(
        backend, features, trainer, other, settings, seed, progress, cancellation, checkpoints);
  }

  public TransferContext withCheckpoints(Path directory) {
    return new TransferContext(
        backend,
        features,
        trainer,
        loading,
        settings,
        seed,
        progress,
        cancellation,
        Optional.of(directory));
  }
}
