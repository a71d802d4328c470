package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.BatchLoader;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The examples of a data set, decoded and preprocessed ahead of the consumer. Prepared examples are
 * kept in memory, up to a limit, so that later epochs need not decode them again.
 */
public final class LoadedExamples implements Examples {
  private static final long MOST_MEMORY = 512L << 20;

  private final Dataset data;
  private final Preprocessing preprocessing;
  private final BatchLoader loader;
  private int @Nullable [] lengths;

  /**
   * @param memory how many bytes of prepared examples may be kept
   */
  public LoadedExamples(
      Dataset data, Preprocessing preprocessing, LoaderOptions options, long memory) {
    this.data = data;
    this.preprocessing = preprocessing;
    this.loader =
        new BatchLoader(
            new Remembering(data, preprocessing, memory), new AsPrepared(preprocessing), options);
  }

  /**
   * As much memory for prepared examples as this process can well spare: a quarter of what it may
   * use, half a gibibyte at most.
   */
  public static long spareMemory() {
    // Prepared examples lie outside the heap, where as much is allowed as inside it.
    return Math.min(MOST_MEMORY, Runtime.getRuntime().maxMemory() / 4);
  }

  @Override
  public int size() {
    return data.size();
  }

  @Override
  public Iterator<Batch> batches(int[] order, int batchSize) {
    return loader.batches(order, batchSize);
  }

  @Override
  public int[] order(int batchSize, Seed seed) {
    int[] known = lengths();
    return known.length == 0
        ? Examples.super.order(batchSize, seed)
        : LengthBuckets.order(known, batchSize, seed);
  }

  /** The lengths of all examples, found once; none where all are alike. */
  private synchronized int[] lengths() {
    if (lengths == null) {
      boolean differ = data.size() > 0 && length(0).isPresent();
      lengths =
          differ
              ? IntStream.range(0, data.size()).parallel().map(i -> length(i).orElse(0)).toArray()
              : new int[0];
    }
    return lengths;
  }

  private OptionalInt length(int i) {
    try {
      return preprocessing.length(data.sample(i));
    } catch (DataException e) {
      return OptionalInt.empty(); // it is reported, or an error, when it is to be fed
    }
  }

  @Override
  public String fingerprint() {
    return data.fingerprint() + preprocessing.type() + new TreeMap<>(preprocessing.settings());
  }

  @Override
  public void close() {
    loader.close();
  }

  /** An example that was preprocessed already. */
  private record Prepared(Map<String, HostTensor> inputs) implements Sample {}

  /** A data set of prepared examples that remembers what it has prepared. */
  private static final class Remembering implements Dataset {
    private final Dataset base;
    private final Preprocessing preprocessing;
    private final AtomicLong free;
    private final Map<Integer, Prepared> kept = new ConcurrentHashMap<>();

    Remembering(Dataset base, Preprocessing preprocessing, long memory) {
      this.base = base;
      this.preprocessing = preprocessing;
      this.free = new AtomicLong(memory);
    }

    @Override
    public Sample sample(int i) {
      Prepared known = kept.get(i);
      if (known != null) {
        return known;
      }
      Prepared made = new Prepared(preprocessing.apply(base.sample(i)));
      long bytes = made.inputs().values().stream().mapToLong(t -> t.bytes().remaining()).sum();
      if (free.addAndGet(-bytes) >= 0) {
        kept.put(i, made);
      } else {
        free.addAndGet(bytes);
      }
      return made;
    }

    @Override
    public String name() {
      return base.name();
    }

    @Override
    public int size() {
      return base.size();
    }

    @Override
    public String id(int i) {
      return base.id(i);
    }

    @Override
    public String fingerprint() {
      return base.fingerprint();
    }

    @Override
    public String fingerprint(int i) {
      return base.fingerprint(i);
    }
  }

  /** Hands prepared examples on; batches are the model's own. */
  private record AsPrepared(Preprocessing base) implements Preprocessing {
    @Override
    public String type() {
      return base.type();
    }

    @Override
    public Map<String, Object> settings() {
      return base.settings();
    }

    @Override
    public Map<String, HostTensor> apply(Sample sample) {
      return sample instanceof Prepared p ? p.inputs() : base.apply(sample);
    }

    @Override
    public Map<String, HostTensor> batch(List<Map<String, HostTensor>> prepared) {
      return base.batch(prepared);
    }
  }
}
