package dev.graft.transfer;

import dev.graft.data.Batch;
import dev.graft.data.BatchLoader;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.model.FeatureExtractor;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/** Runs a feature extractor over a data set, decoding ahead while it computes. */
public final class FeatureComputation {
  private static final int BATCH = 32;

  private FeatureComputation() {}

  /** The features of all examples that can be read; no cache is asked or filled. */
  public static FeatureTable compute(
      FeatureExtractor extractor,
      Preprocessing preprocessing,
      Dataset data,
      LoaderOptions loading,
      Progress progress,
      Cancellation cancellation) {
    List<HostTensor> parts = new ArrayList<>();
    int[] positions = new int[data.size()];
    int done = 0;
    try (BatchLoader loader = new BatchLoader(data, preprocessing, loading)) {
      Iterator<Batch> batches = loader.batches(BATCH);
      while (batches.hasNext()) {
        if (cancellation.isRequested()) {
          throw new CancellationException("computing features was cancelled");
        }
        Batch batch = batches.next();
        // A preprocessing may make inputs that a cut network no longer reads.
        Map<String, HostTensor> inputs = new HashMap<>(batch.inputs());
        inputs.keySet().retainAll(extractor.inputs().keySet());
        parts.add(extractor.run(inputs));
        System.arraycopy(batch.positions(), 0, positions, done, batch.size());
        done += batch.size();
        progress.report("features", done, data.size());
      }
    }
    return new FeatureTable(java.util.Arrays.copyOf(positions, done), join(parts), false);
  }

  /** Puts batches together along the first axis. */
  private static HostTensor join(List<HostTensor> parts) {
    if (parts.isEmpty()) {
      throw new DataException("there is no example to compute features of");
    }
    TensorType first = parts.get(0).type();
    long rows = 0;
    long bytes = 0;
    for (HostTensor part : parts) {
      if (!part.shape().with(0, Dim.of(0)).equals(first.shape().with(0, Dim.of(0)))) {
        throw new DataException(
            "the features of one example are "
                + first
                + ", those of another "
                + part.type()
                + "; cut the network where all examples have features of one shape");
      }
      rows += part.shape().sizes()[0];
      bytes += part.bytes().remaining();
    }
    ByteBuffer all =
        ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    parts.forEach(part -> all.put(part.bytes()));
    return HostTensor.wrap(first.withShape(first.shape().with(0, Dim.of(rows))), all.flip());
  }
}
