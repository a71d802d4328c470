package dev.graft.data;

import dev.graft.tensor.HostTensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads, decodes and prepares the examples of a data set on threads of its own, a few batches ahead
 * of its consumer, so that decoding runs while the model computes.
 *
 * <p>The batches depend only on the order asked for, never on the number of threads. One consumer
 * thread at a time; {@link #close} may be called from any thread and ends the threads, also in the
 * middle of a pass.
 */
public final class BatchLoader implements AutoCloseable {
  private static final AtomicInteger THREADS = new AtomicInteger();

  private final Dataset examples;
  private final Preprocessing preprocessing;
  private final LoaderOptions options;
  private final ExecutorService pool;
  private final Set<Integer> reported = ConcurrentHashMap.newKeySet();

  public BatchLoader(Dataset examples, Preprocessing preprocessing, LoaderOptions options) {
    this.examples = examples;
    this.preprocessing = preprocessing;
    this.options = options;
    this.pool =
        Executors.newFixedThreadPool(
            options.threads(),
            task -> {
              Thread thread = new Thread(task, "graft-loader-" + THREADS.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The data set whose positions the batches name. */
  public Dataset examples() {
    return examples;
  }

  /** All examples from the first to the last. */
  public Iterator<Batch> batches(int batchSize) {
    return batches(IntStream.range(0, examples.size()).toArray(), batchSize);
  }

  /**
   * The examples at these positions, in this order; the last batch may be smaller. Reading starts
   * at once. A pass may be abandoned at any point; passes of one loader share its threads.
   *
   * @throws DataException from {@code next()}, if an example cannot be read and that is an error,
   *     or if the pass is over all examples and not one can be read
   */
  public Iterator<Batch> batches(int[] order, int batchSize) {
    return batches(order, batchSize, (sample, position) -> sample);
  }

  /** As {@link #batches(int[], int)}, with every example changed before it is preprocessed. */
  public Iterator<Batch> batches(int[] order, int batchSize, Change change) {
    requireBatch(batchSize);
    return new Pass(order.clone(), batchSize, change);
  }

  /** What is done to an example that was read; called on the loader's threads. */
  @FunctionalInterface
  public interface Change {
    Sample apply(Sample sample, int position);
  }

  private static void requireBatch(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("a batch has at least one example, not " + batchSize);
    }
  }

  /** Ends the threads and drops what they had prepared. */
  @Override
  public void close() {
    for (Runnable waiting : pool.shutdownNow()) {
      if (waiting instanceof Future<?> future) {
        future.cancel(false); // so that a consumer waiting for it wakes
      }
    }
    try {
      // A decoder cannot be interrupted, but one image is soon done.
      pool.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Prepared(
      int position, @Nullable Map<String, HostTensor> inputs, @Nullable DataException failure) {}

  private Prepared prepare(int position, Change change) {
    try {
      Sample sample = change.apply(examples.sample(position), position);
      return new Prepared(position, preprocessing.apply(sample), null);
    } catch (DataException e) {
      return new Prepared(position, null, e);
    }
  }

  /** One walk over the data, with a bounded number of examples under way. */
  private final class Pass implements Iterator<Batch> {
    private final int[] order;
    private final int batchSize;
    private final Change change;
    private final Deque<Future<Prepared>> underWay = new ArrayDeque<>();
    private int submitted;
    private int delivered;
    private @Nullable DataException firstFailure;
    private @Nullable Batch next;

    Pass(int[] order, int batchSize, Change change) {
      this.order = order;
      this.batchSize = batchSize;
      this.change = change;
      fill();
    }

    private void fill() {
      long window = (long) batchSize * (options.ahead() + 1);
      while (submitted < order.length && underWay.size() < window) {
        int position = order[submitted++];
        try {
          underWay.add(pool.submit(() -> prepare(position, change)));
        } catch (RejectedExecutionException e) {
          throw new IllegalStateException("the loader was closed", e);
        }
      }
    }

    @Override
    public boolean hasNext() {
      while (next == null && !underWay.isEmpty()) {
        next = assemble();
      }
      boolean all = order.length >= examples.size();
      if (next == null && delivered == 0 && firstFailure != null && all) {
        throw new DataException(
            "none of the "
                + order.length
                + " examples of '"
                + examples.name()
                + "' could be used. The first failed with: "
                + firstFailure.getMessage(),
            firstFailure);
      }
      return next != null;
    }

    @Override
    public Batch next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      Batch batch = next;
      next = null;
      return batch;
    }

    private @Nullable Batch assemble() {
      List<Map<String, HostTensor>> inputs = new ArrayList<>(batchSize);
      int[] positions = new int[batchSize];
      for (int taken = 0; taken < batchSize && !underWay.isEmpty(); taken++) {
        Prepared prepared = await(underWay.remove());
        if (prepared.inputs() != null) {
          positions[inputs.size()] = prepared.position();
          inputs.add(prepared.inputs());
        } else if (prepared.failure() != null) {
          skip(prepared.position(), prepared.failure());
        }
        fill();
      }
      if (inputs.isEmpty()) {
        return null;
      }
      delivered += inputs.size();
      return new Batch(Arrays.copyOf(positions, inputs.size()), preprocessing.batch(inputs));
    }

    private void skip(int position, DataException failure) {
      if (options.skipped().isEmpty()) {
        throw failure;
      }
      if (firstFailure == null) {
        firstFailure = failure;
      }
      if (reported.add(position)) {
        options
            .skipped()
            .get()
            .accept(new SkippedExample(examples.id(position), failure.getMessage()));
      }
    }

    private Prepared await(Future<Prepared> future) {
      try {
        return future.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw new IllegalStateException(
            "preparing an example of '" + examples.name() + "' failed unexpectedly", e.getCause());
      } catch (CancellationException e) {
        throw new IllegalStateException("the loader was closed", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for data");
      }
    }
  }
}
