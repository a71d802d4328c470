package dev.graft.transfer;

import dev.graft.data.Dataset;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.model.FeatureExtractor;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;

/**
 * Gives the features of data sets, computing each only once where it can keep them. Thread-safe.
 *
 * <p>A kept feature is valid for equal {@link FeatureExtractor#fingerprint}, preprocessing (type
 * and settings) and {@link Dataset#fingerprint}. Random augmentation has no place here.
 */
public interface FeatureStore {
  /**
   * The features of all examples, in order.
   *
   * @throws java.util.concurrent.CancellationException if it is cancelled; nothing half-done is
   *     kept
   */
  FeatureTable features(
      FeatureExtractor extractor,
      Preprocessing preprocessing,
      Dataset data,
      Progress progress,
      Cancellation cancellation);

  /** Computes features whenever they are asked for and keeps none. */
  static FeatureStore uncached(LoaderOptions loading) {
    return (extractor, preprocessing, data, progress, cancellation) ->
        FeatureComputation.compute(extractor, preprocessing, data, loading, progress, cancellation);
  }
}
