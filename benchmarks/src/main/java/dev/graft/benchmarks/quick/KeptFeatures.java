package dev.graft.benchmarks.quick;

import dev.graft.data.Dataset;
import dev.graft.data.DatasetView;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.model.FeatureExtractor;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import dev.graft.transfer.FeatureComputation;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.FeatureTable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the features of whole data sets in memory, and takes those of some of their examples from
 * there, so that cells with other labelled examples compute nothing again. Of a large data set, of
 * which cells want little, nothing is kept. Thread-safe.
 */
final class KeptFeatures implements FeatureStore {
  private static final int LARGE = 4000;

  private final LoaderOptions loading;
  private final Map<List<String>, FeatureTable> kept = new ConcurrentHashMap<>();

  KeptFeatures(LoaderOptions loading) {
    this.loading = loading;
  }

  @Override
  public FeatureTable features(
      FeatureExtractor extractor,
      Preprocessing preprocessing,
      Dataset data,
      Progress progress,
      Cancellation cancellation) {
    Dataset whole = data instanceof DatasetView view ? view.base() : data;
    if (whole.size() > LARGE) {
      return FeatureComputation.compute(
          extractor, preprocessing, data, loading, progress, cancellation);
    }
    List<String> key =
        List.of(extractor.fingerprint(), preprocessing.fingerprint(), whole.fingerprint());
    FeatureTable all =
        kept.computeIfAbsent(
            key,
            k ->
                FeatureComputation.compute(
                    extractor, preprocessing, whole, loading, progress, cancellation));
    FeatureTable known = new FeatureTable(all.positions(), all.values(), true);
    return data instanceof DatasetView view ? known.subset(view.positions()) : known;
  }
}
