package dev.graft.train;

import static dev.graft.train.Ranges.require;

import java.util.function.UnaryOperator;

/**
 * How to train, by purpose. Strategies take from it what they need; the defaults suit fine-tuning
 * on a few hundred examples. Immutable: what differs from the defaults is changed by functions of
 * the parts,
 *
 * <pre>{@code
 * TrainingSettings.DEFAULT
 *     .withEpochs(10)
 *     .schedule(s -> s.withRate(1e-3))
 *     .tuning(t -> t.withFreeze("stem.*"))
 * }</pre>
 *
 * @param epochs passes over the training examples, at most
 * @param batchSize examples a batch
 * @param schedule the learning rate
 * @param optimization the update rule
 * @param regularization what keeps it from overfitting
 * @param tuning what of a pre-trained network is moved
 * @param stopping when it ends early
 * @param augmentation random changes of training images; from scratch and fine-tuning get the same
 */
public record TrainingSettings(
    int epochs,
    int batchSize,
    Schedule schedule,
    Optimization optimization,
    Regularization regularization,
    Tuning tuning,
    Stopping stopping,
    Augmentation augmentation) {

  public static final TrainingSettings DEFAULT =
      new TrainingSettings(
          20,
          32,
          Schedule.DEFAULT,
          Optimization.DEFAULT,
          Regularization.DEFAULT,
          Tuning.DEFAULT,
          Stopping.DEFAULT,
          Augmentation.NONE);

  public TrainingSettings {
    require(epochs >= 1, "epochs", "at least 1", epochs);
    require(batchSize >= 1, "batchSize", "at least 1", batchSize);
  }

  public TrainingSettings withEpochs(int n) {
    return new TrainingSettings(
        n, batchSize, schedule, optimization, regularization, tuning, stopping, augmentation);
  }

  public TrainingSettings withBatchSize(int n) {
    return new TrainingSettings(
        epochs, n, schedule, optimization, regularization, tuning, stopping, augmentation);
  }

  public TrainingSettings schedule(UnaryOperator<Schedule> change) {
    return new TrainingSettings(
        epochs,
        batchSize,
        change.apply(schedule),
        optimization,
        regularization,
        tuning,
        stopping,
        augmentation);
  }

  public TrainingSettings optimization(UnaryOperator<Optimization> change) {
    return new TrainingSettings(
        epochs,
        batchSize,
        schedule,
        change.apply(optimization),
        regularization,
        tuning,
        stopping,
        augmentation);
  }

  public TrainingSettings regularization(UnaryOperator<Regularization> change) {
    return new TrainingSettings(
        epochs,
        batchSize,
        schedule,
        optimization,
        change.apply(regularization),
        tuning,
        stopping,
        augmentation);
  }

  public TrainingSettings tuning(UnaryOperator<Tuning> change) {
    return new TrainingSettings(
        epochs,
        batchSize,
        schedule,
        optimization,
        regularization,
        change.apply(tuning),
        stopping,
        augmentation);
  }

  public TrainingSettings stopping(UnaryOperator<Stopping> change) {
    return new TrainingSettings(
        epochs,
        batchSize,
        schedule,
        optimization,
        regularization,
        tuning,
        change.apply(stopping),
        augmentation);
  }

  public TrainingSettings with(Augmentation other) {
    return new TrainingSettings(
        epochs, batchSize, schedule, optimization, regularization, tuning, stopping, other);
  }
}
