package dev.graft.transfer;

/**
 * A way of transferring a pre-trained network; found by {@link java.util.ServiceLoader}. Stateless
 * and thread-safe.
 *
 * @param <P> the kind of problem it solves
 */
public interface Strategy<P extends TransferProblem> {
  /** The name users choose it by: lower case with hyphens, such as {@code fine-tuning}. */
  String name();

  /** One sentence for people who choose. */
  String description();

  /** The kind of problem it solves. */
  Class<P> problem();

  /**
   * Makes a model for the target task.
   *
   * @throws StrategyException if the strategy does not fit the problem; the message says why and
   *     what to do
   * @throws dev.graft.train.DivergedException if training diverges
   */
  TransferredModel fit(P problem, TransferContext context);
}
