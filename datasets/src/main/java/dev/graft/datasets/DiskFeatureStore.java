package dev.graft.datasets;

import dev.graft.data.ContentDigest;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.DatasetView;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.data.SkippedExample;
import dev.graft.model.FeatureExtractor;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import dev.graft.transfer.FeatureComputation;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.FeatureTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Keeps features in files of a folder, under a key made of all that decides them: the extractor's
 * fingerprint (graph, weights, backend, version, device, precision), the preprocessing and the
 * data.
 *
 * <p>Each batch is on disk as soon as it is computed: after a crash the next run goes on where that
 * one stopped, and gets the same features to the bit. An entry is moved to its final name only when
 * it is whole. Threads and processes may share the folder; one of them computes an entry while the
 * others wait for it. The entries used longest ago are removed when the folder grows over its
 * limit.
 *
 * <p>Features of some examples ({@link DatasetView}) are taken from the entry of the whole data set
 * where there is one.
 */
public final class DiskFeatureStore implements FeatureStore {
  private static final String WHOLE = ".features";
  private static final String PARTIAL = ".part";

  private final Path folder;
  private final long limit;
  private final LoaderOptions loading;
  private final CacheLocks locks;
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong misses = new AtomicLong();
  private final AtomicLong resumed = new AtomicLong();

  /**
   * How often the store was asked.
   *
   * @param hits requests that were answered from the folder
   * @param misses requests that had to compute
   * @param resumedExamples examples that a run before had computed when it was cut off
   */
  public record Statistics(long hits, long misses, long resumedExamples) {}

  /**
   * @param folder made on first use
   * @param limit how many bytes the entries may have together; the newest entry is kept in any case
   * @param loading how data are decoded, and what becomes of damaged examples
   */
  public DiskFeatureStore(Path folder, long limit, LoaderOptions loading) {
    this.folder = folder;
    this.limit = limit;
    this.loading = loading;
    this.locks = new CacheLocks(folder.resolve("locks"));
  }

  public Statistics statistics() {
    return new Statistics(hits.get(), misses.get(), resumed.get());
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public FeatureTable features(
      FeatureExtractor extractor,
      Preprocessing preprocessing,
      Dataset data,
      Progress progress,
      Cancellation cancellation) {
    String key = key(extractor, preprocessing, data);
    try {
      FeatureFile.Content known = readWhole(key);
      if (known.complete()) {
        return hit(key, known);
      }
      if (data instanceof DatasetView view) {
        String baseKey = key(extractor, preprocessing, view.base());
        FeatureFile.Content base = readWhole(baseKey);
        if (base.complete()) {
          return hit(baseKey, base).subset(view.positions());
        }
      }
      try (CacheLocks.Lock lock = locks.acquire(key, cancellation)) {
        known = readWhole(key); // somebody may have finished it meanwhile
        return known.complete()
            ? hit(key, known)
            : compute(key, extractor, preprocessing, data, progress, cancellation);
      }
    } catch (UncheckedIOException e) {
      throw failure(e.getCause());
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private DataException failure(IOException e) {
    return new DataException(
        "the feature cache in "
            + folder
            + " cannot be used: "
            + e
            + ". Free some space, choose another folder, or work without a cache",
        e);
  }

  private static String key(FeatureExtractor extractor, Preprocessing preprocessing, Dataset data) {
    return new ContentDigest()
        .add(extractor.fingerprint())
        .add(preprocessing.fingerprint())
        .add(data.fingerprint())
        .add(ByteOrder.nativeOrder().toString())
        .hex();
  }

  private FeatureFile.Content readWhole(String key) throws IOException {
    try {
      return FeatureFile.read(folder.resolve(key + WHOLE));
    } catch (NoSuchFileException e) { // evicted by another process just now
      return FeatureFile.Content.EMPTY;
    }
  }

  private FeatureTable hit(String key, FeatureFile.Content content) throws IOException {
    content.skipped().forEach(this::report);
    try {
      Files.setLastModifiedTime(folder.resolve(key + WHOLE), FileTime.from(Instant.now()));
    } catch (NoSuchFileException e) {
      // Evicted by another process; what was read is as good.
    }
    hits.incrementAndGet();
    return FeatureTable.join(content.parts(), true);
  }

  private void report(SkippedExample example) {
    if (loading.skipped().isEmpty()) {
      throw new DataException(example.reason());
    }
    loading.skipped().get().accept(example);
  }

  private FeatureTable compute(
      String key,
      FeatureExtractor extractor,
      Preprocessing preprocessing,
      Dataset data,
      Progress progress,
      Cancellation cancellation)
      throws IOException {
    misses.incrementAndGet();
    Path partial = folder.resolve(key + PARTIAL);
    FeatureFile.Content known = FeatureFile.read(partial);
    known.skipped().forEach(this::report);
    List<FeatureTable> parts = new ArrayList<>(known.parts());
    resumed.addAndGet(parts.stream().mapToLong(FeatureTable::size).sum());
    List<SkippedExample> pending = new ArrayList<>();
    try (FeatureFile.Writer writer = new FeatureFile.Writer(partial, known.validBytes())) {
      if (!known.complete()) {
        FeatureComputation.stream(
            extractor,
            preprocessing,
            data,
            known.next(),
            remembering(pending),
            progress,
            cancellation,
            part -> {
              try {
                writer.append(part, pending);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              pending.clear();
              parts.add(part);
            });
        writer.finish(pending);
      }
    }
    FeatureTable table = FeatureTable.join(parts, false);
    Path whole = folder.resolve(key + WHOLE);
    Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    evict(whole);
    return table;
  }

  /** The loading options with a listener that also notes what is skipped. */
  private LoaderOptions remembering(List<SkippedExample> pending) {
    return new LoaderOptions(
        loading.threads(),
        loading.ahead(),
        loading
            .skipped()
            .map(
                listener ->
                    example -> {
                      pending.add(example);
                      listener.accept(example);
                    }));
  }

  private record Entry(Path file, long size, FileTime used) {}

  /** Removes entries, longest unused first, until the rest is within the limit. */
  private void evict(Path keep) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> list = Files.list(folder)) {
      for (Path file : list.filter(DiskFeatureStore::isEntry).toList()) {
        try {
          entries.add(new Entry(file, Files.size(file), Files.getLastModifiedTime(file)));
        } catch (NoSuchFileException e) {
          // Another process evicts too.
        }
      }
    }
    long total = entries.stream().mapToLong(Entry::size).sum();
    entries.sort(Comparator.comparing(Entry::used));
    for (Entry entry : entries) {
      if (total <= limit) {
        return;
      }
      if (!entry.file().equals(keep) && remove(entry.file())) {
        total -= entry.size();
      }
    }
  }

  private static boolean isEntry(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(WHOLE) || name.endsWith(PARTIAL);
  }

  /** Removes an entry that nobody is writing. */
  private boolean remove(Path file) throws IOException {
    String name = file.getFileName().toString();
    String key = name.substring(0, name.lastIndexOf('.'));
    if (name.endsWith(WHOLE)) {
      return Files.deleteIfExists(file);
    }
    try (CacheLocks.Lock lock = locks.tryAcquire(key)) {
      return lock != null && Files.deleteIfExists(file);
    }
  }
}
