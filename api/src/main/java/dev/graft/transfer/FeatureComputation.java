package dev.graft.transfer;

import dev.graft.data.Batch;
import dev.graft.data.BatchLoader;
import dev.graft.data.Dataset;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.model.FeatureExtractor;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Runs a feature extractor over a data set, decoding ahead while it computes. */
public final class FeatureComputation {
  /** How many examples go through the network at once. */
  public static final int BATCH = 32;

  private FeatureComputation() {}

  /** The features of all examples that can be read; no cache is asked or filled. */
  public static FeatureTable compute(
      FeatureExtractor extractor,
      Preprocessing preprocessing,
      Dataset data,
      LoaderOptions loading,
      Progress progress,
      Cancellation cancellation) {
    List<FeatureTable> parts = new ArrayList<>();
    stream(extractor, preprocessing, data, 0, loading, progress, cancellation, parts::add);
    return FeatureTable.join(parts, false);
  }

  /**
   * Computes features batch by batch, {@link #BATCH} examples each.
   *
   * @param first the first example to compute; the results are the same to the bit as those of a
   *     whole pass if it is a multiple of {@link #BATCH}
   * @param sink receives the features of one batch after the other, on the calling thread
   * @throws CancellationException if it is cancelled
   */
  public static void stream(
      FeatureExtractor extractor,
      Preprocessing preprocessing,
      Dataset data,
      int first,
      LoaderOptions loading,
      Progress progress,
      Cancellation cancellation,
      Consumer<FeatureTable> sink) {
    int[] order = IntStream.range(first, data.size()).toArray();
    try (BatchLoader loader = new BatchLoader(data, preprocessing, loading)) {
      Iterator<Batch> batches = loader.batches(order, BATCH);
      while (batches.hasNext()) {
        if (cancellation.isRequested()) {
          throw new CancellationException("computing features was cancelled");
        }
        Batch batch = batches.next();
        // A preprocessing may make inputs that a cut network no longer reads.
        Map<String, HostTensor> inputs = new HashMap<>(batch.inputs());
        inputs.keySet().retainAll(extractor.inputs().keySet());
        sink.accept(new FeatureTable(batch.positions(), extractor.run(inputs), false));
        progress.report("features", batch.positions()[batch.size() - 1] + 1L, data.size());
      }
    }
  }
}
