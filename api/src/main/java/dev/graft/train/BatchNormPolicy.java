package dev.graft.train;

/** What batch normalisation does while the network around it is trained. */
public enum BatchNormPolicy {
  /**
   * Normalises with the running statistics of pre-training, which do not move; scale and bias are
   * trained where they are trainable. Right for small target sets, where the statistics of a batch
   * are noise.
   */
  FROZEN_STATISTICS,
  /**
   * A normalisation with a trainable scale or bias uses the statistics of the batch and moves the
   * running ones; one whose parameters are frozen runs as in inference and does not move.
   */
  BATCH_STATISTICS
}
