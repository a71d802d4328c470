package dev.graft.train;

import dev.graft.data.Batch;
import dev.graft.data.BatchLoader;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.ImageSample;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The examples of a data set, decoded and preprocessed ahead of the consumer. They are kept in
 * memory, up to a limit, so that later epochs need not decode them again: as they go into the
 * model, or, where they are changed at random, as they were decoded.
 */
public final class LoadedExamples implements Examples {
  private static final long MOST_MEMORY = 512L << 20;

  private final Dataset data;
  private final Preprocessing preprocessing;
  private final Augmentation augmentation;
  private final BatchLoader loader;
  private int @Nullable [] lengths;

  /** Examples as they are. */
  public LoadedExamples(
      Dataset data, Preprocessing preprocessing, LoaderOptions options, long memory) {
    this(data, preprocessing, Augmentation.NONE, options, memory);
  }

  /**
   * Examples that {@link #changed} changes at random.
   *
   * @param memory how many bytes of examples may be kept
   */
  public LoadedExamples(
      Dataset data,
      Preprocessing preprocessing,
      Augmentation augmentation,
      LoaderOptions options,
      long memory) {
    this.data = data;
    this.preprocessing = preprocessing;
    this.augmentation = augmentation;
    this.loader =
        augmentation.changesImages()
            ? new BatchLoader(new Remembering(data, s -> s, memory), preprocessing, options)
            : new BatchLoader(
                new Remembering(data, s -> new Prepared(preprocessing.apply(s)), memory),
                new AsPrepared(preprocessing),
                options);
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
  public Iterator<Batch> changed(int[] order, int batchSize, Seed chance) {
    if (!augmentation.changesImages()) {
      return batches(order, batchSize);
    }
    ImageAugmentation change = new ImageAugmentation(augmentation);
    return loader.batches(
        order,
        batchSize,
        (sample, position) -> change.apply(sample, chance.derive("example", position)));
  }

  @Override
  public String fingerprint() {
    return data.fingerprint() + preprocessing.fingerprint();
  }

  @Override
  public void close() {
    loader.close();
  }

  /** An example that was preprocessed already. */
  private record Prepared(Map<String, HostTensor> inputs) implements Sample {}

  /** A data set that remembers its examples after a function of them. */
  private static final class Remembering implements Dataset {
    private final Dataset base;
    private final UnaryOperator<Sample> function;
    private final AtomicLong free;
    private final Map<Integer, Sample> kept = new ConcurrentHashMap<>();

    Remembering(Dataset base, UnaryOperator<Sample> function, long memory) {
      this.base = base;
      this.function = function;
      this.free = new AtomicLong(memory);
    }

    @Override
    public Sample sample(int i) {
      Sample known = kept.get(i);
      if (known != null) {
        return known;
      }
      Sample made = function.apply(base.sample(i));
      long bytes = bytes(made);
      if (free.addAndGet(-bytes) >= 0) {
        kept.put(i, made);
      } else {
        free.addAndGet(bytes);
      }
      return made;
    }

    private static long bytes(Sample sample) {
      if (sample instanceof Prepared p) {
        return p.inputs().values().stream().mapToLong(t -> t.bytes().remaining()).sum();
      }
      return sample instanceof ImageSample image ? image.pixels().length : 0;
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
