package dev.graft.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.LoaderOptions;
import dev.graft.data.PixelScaling;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.data.SkippedExample;
import dev.graft.data.TensorPreprocessing;
import dev.graft.data.TensorSample;
import dev.graft.model.FeatureExtractor;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.FeatureTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFeatureStoreTest {
  private static final Preprocessing AS_IS = TensorPreprocessing.of(PixelScaling.NONE, 1);
  private static final long PLENTY = 1 << 30;

  @TempDir Path folder;
  private final List<SkippedExample> skipped = new ArrayList<>();

  /** Example i is the number i. */
  private record Numbers(int size, Set<Integer> broken) implements Dataset {
    Numbers(int size, Integer... broken) {
      this(size, Set.of(broken));
    }

    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public Sample sample(int i) {
      if (broken.contains(i)) {
        throw new DataException("number " + i + " is broken");
      }
      return new TensorSample(HostTensor.of(new float[] {i}, 1));
    }

    @Override
    public String id(int i) {
      return "n" + i;
    }

    @Override
    public String fingerprint() {
      return "numbers" + size + new TreeSet<>(broken);
    }

    @Override
    public String fingerprint(int i) {
      return "n" + i;
    }
  }

  /** Features (x, 1 / (1 + x)); stops with an error when it has done so many batches. */
  private static final class Network implements FeatureExtractor {
    final AtomicInteger batches = new AtomicInteger();
    private final String weights;
    private final int crashAfter;

    Network(String weights, int crashAfter) {
      this.weights = weights;
      this.crashAfter = crashAfter;
    }

    Network() {
      this("w", Integer.MAX_VALUE);
    }

    @Override
    public Map<String, TensorType> inputs() {
      return Map.of("input", TensorType.of(DType.FLOAT32, 1));
    }

    @Override
    public TensorType output() {
      return TensorType.of(DType.FLOAT32, 2);
    }

    @Override
    public String fingerprint() {
      return weights;
    }

    @Override
    public HostTensor run(Map<String, HostTensor> batch) {
      if (batches.incrementAndGet() > crashAfter) {
        throw new IllegalStateException("power cut");
      }
      float[] x = batch.get("input").toFloats();
      float[] out = new float[2 * x.length];
      for (int i = 0; i < x.length; i++) {
        out[2 * i] = x[i];
        out[2 * i + 1] = 1 / (1 + x[i]);
      }
      return HostTensor.of(out, x.length, 2);
    }

    @Override
    public void close() {}
  }

  private DiskFeatureStore store(long limit) {
    return new DiskFeatureStore(folder, limit, LoaderOptions.skipping(skipped::add).withThreads(2));
  }

  private static FeatureTable ask(FeatureStore store, FeatureExtractor network, Dataset data) {
    return store.features(network, AS_IS, data, Progress.SILENT, Cancellation.NEVER);
  }

  private static void assertSame(FeatureTable expected, FeatureTable actual) {
    assertArrayEquals(expected.positions(), actual.positions());
    assertEquals(expected.values(), actual.values());
  }

  private List<Path> files(String ending) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(f -> f.toString().endsWith(ending)).sorted().toList();
    }
  }

  @Test
  void theSecondRequestIsAnsweredFromTheDisk() throws IOException {
    Network network = new Network();
    FeatureTable first = ask(store(PLENTY), network, new Numbers(70));
    assertFalse(first.cached());
    assertEquals(3, network.batches.get());
    DiskFeatureStore later = store(PLENTY);
    FeatureTable second = ask(later, network, new Numbers(70));
    assertTrue(second.cached());
    assertEquals(3, network.batches.get());
    assertSame(first, second);
    assertEquals(new DiskFeatureStore.Statistics(1, 0, 0), later.statistics());
    assertEquals(1, files(".features").size());
    assertEquals(0, files(".part").size());
  }

  @Test
  void otherWeightsDataOrPreprocessingAreOtherEntries() throws IOException {
    DiskFeatureStore store = store(PLENTY);
    ask(store, new Network(), new Numbers(5));
    assertFalse(ask(store, new Network("v", 9), new Numbers(5)).cached());
    assertFalse(ask(store, new Network(), new Numbers(6)).cached());
    Preprocessing halved = TensorPreprocessing.of(PixelScaling.parse("x/2"), 1);
    FeatureTable table =
        store.features(new Network(), halved, new Numbers(5), Progress.SILENT, Cancellation.NEVER);
    assertFalse(table.cached());
    assertEquals(0.5, table.values().getDouble(2));
    assertEquals(4, files(".features").size());
  }

  @Test
  void goesOnWhereACrashStoppedIt() throws IOException {
    Numbers data = new Numbers(200, 40, 70);
    FeatureTable expected =
        ask(FeatureStore.uncached(LoaderOptions.skipping(s -> {})), new Network(), data);
    Network crashing = new Network("w", 3);
    assertThrows(IllegalStateException.class, () -> ask(store(PLENTY), crashing, data));
    assertEquals(0, files(".features").size());
    skipped.clear();

    Network again = new Network();
    DiskFeatureStore store = store(PLENTY);
    FeatureTable table = ask(store, again, data);
    assertSame(expected, table);
    assertFalse(table.cached());
    assertEquals(4, again.batches.get()); // of 7
    assertEquals(94, store.statistics().resumedExamples());
    assertEquals(List.of("n40", "n70"), skipped.stream().map(SkippedExample::id).toList());
  }

  @Test
  void aFileCutOffAtAnyByteIsDetectedAndCompleted() throws IOException {
    Numbers data = new Numbers(70, 33);
    FeatureTable expected = ask(store(PLENTY), new Network(), data);
    Path whole = files(".features").get(0);
    Path partial = folder.resolve(whole.getFileName().toString().replace(".features", ".part"));
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length += 7) {
      Files.delete(files(".features").get(0));
      Files.write(partial, Arrays.copyOf(bytes, length));
      FeatureTable table = ask(store(PLENTY), new Network(), data);
      assertSame(expected, table);
      assertTrue(ask(store(PLENTY), new Network(), data).cached());
    }
  }

  @Test
  void aDamagedEntryIsComputedAnew() throws IOException {
    Numbers data = new Numbers(70);
    FeatureTable expected = ask(store(PLENTY), new Network(), data);
    Path whole = files(".features").get(0);
    byte[] bytes = Files.readAllBytes(whole);
    for (int at : new int[] {0, 5, 13, bytes.length / 2, bytes.length - 1}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      Files.write(whole, damaged);
      FeatureTable table = ask(store(PLENTY), new Network(), data);
      assertFalse(table.cached(), "byte " + at);
      assertSame(expected, table);
    }
  }

  @Test
  void skippedExamplesAreReportedFromTheCacheToo() {
    Numbers data = new Numbers(40, 3, 39);
    ask(store(PLENTY), new Network(), data);
    List<SkippedExample> first = List.copyOf(skipped);
    assertEquals(2, first.size());
    skipped.clear();
    FeatureTable table = ask(store(PLENTY), new Network(), data);
    assertTrue(table.cached());
    assertEquals(first, skipped);
    assertEquals(38, table.size());
  }

  @Test
  void strictlyASkippedExampleInTheCacheIsAnError() {
    Numbers data = new Numbers(40, 3);
    ask(store(PLENTY), new Network(), data);
    DiskFeatureStore strict = new DiskFeatureStore(folder, PLENTY, LoaderOptions.strict());
    DataException e = assertThrows(DataException.class, () -> ask(strict, new Network(), data));
    assertEquals("number 3 is broken", e.getMessage());
  }

  @Test
  void someExamplesAreTakenFromTheWhole() {
    Numbers data = new Numbers(50, 4);
    DiskFeatureStore store = store(PLENTY);
    ask(store, new Network(), data);
    FeatureTable part = ask(store, new Network(), data.subset(new int[] {9, 4, 2}));
    assertTrue(part.cached());
    assertArrayEquals(new int[] {0, 2}, part.positions());
    assertArrayEquals(new float[] {9, 0.1f, 2, 1 / 3f}, part.values().toFloats());
  }

  @Test
  void theLongestUnusedEntryIsRemovedFirst() throws IOException {
    DiskFeatureStore generous = store(PLENTY);
    for (int size = 60; size < 63; size++) {
      ask(generous, new Network(), new Numbers(size));
    }
    long now = System.currentTimeMillis();
    for (Path file : files(".features")) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(now - 1_000_000));
    }
    ask(generous, new Network(), new Numbers(61)); // used again
    long each = Files.size(files(".features").get(0));
    DiskFeatureStore tight = store(2 * each + each / 2);
    ask(tight, new Network(), new Numbers(63));
    assertEquals(2, files(".features").size());
    assertTrue(ask(tight, new Network(), new Numbers(61)).cached());
    assertTrue(ask(tight, new Network(), new Numbers(63)).cached());
    assertFalse(ask(tight, new Network(), new Numbers(60)).cached());
  }

  @Test
  void threadsThatWantTheSameFeaturesComputeThemOnce() throws Exception {
    Network network = new Network();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<FeatureTable>> tables = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        DiskFeatureStore store = store(PLENTY); // each as another process would have it
        tables.add(pool.submit(() -> ask(store, network, new Numbers(100))));
      }
      for (Future<FeatureTable> table : tables) {
        assertEquals(100, table.get().size());
      }
    } finally {
      pool.shutdownNow();
    }
    assertEquals(4, network.batches.get());
  }

  @Test
  void cancellingStopsAndKeepsWhatIsDone() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Numbers data = new Numbers(200);
    assertThrows(
        CancellationException.class,
        () ->
            store(PLENTY)
                .features(
                    new Network(),
                    AS_IS,
                    data,
                    Progress.SILENT,
                    () -> asked.incrementAndGet() > 2));
    assertEquals(0, files(".features").size());
    DiskFeatureStore store = store(PLENTY);
    assertEquals(200, ask(store, new Network(), data).size());
    assertEquals(64, store.statistics().resumedExamples());
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    DiskFeatureStore store =
        new DiskFeatureStore(file.resolve("cache"), PLENTY, LoaderOptions.strict());
    DataException e =
        assertThrows(DataException.class, () -> ask(store, new Network(), new Numbers(3)));
    assertTrue(e.getMessage().contains("choose another folder"), e.getMessage());
  }
}
