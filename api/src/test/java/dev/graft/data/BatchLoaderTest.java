package dev.graft.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class BatchLoaderTest {
  private static final Preprocessing AS_IS = TensorPreprocessing.of(PixelScaling.NONE, 2);

  /** Example i is the row (i, i * i). */
  private record Rows(int size, Set<Integer> broken, AtomicInteger read, IntFunction<Void> before)
      implements Dataset {
    Rows(int size, Integer... broken) {
      this(size, Set.of(broken), new AtomicInteger(), i -> null);
    }

    @Override
    public String name() {
      return "rows";
    }

    @Override
    public Sample sample(int i) {
      before.apply(i);
      read.incrementAndGet();
      if (broken.contains(i)) {
        throw new DataException("row " + i + " is broken");
      }
      return new TensorSample(HostTensor.of(new float[] {i, i * i}, 2));
    }

    @Override
    public String id(int i) {
      return "row" + i;
    }

    @Override
    public String fingerprint() {
      return "rows" + size;
    }

    @Override
    public String fingerprint(int i) {
      return "row" + i;
    }
  }

  private static List<Batch> all(Iterator<Batch> batches) {
    List<Batch> list = new ArrayList<>();
    batches.forEachRemaining(list::add);
    return list;
  }

  @Test
  void batchesDoNotDependOnTheNumberOfThreads() {
    int[] order = new Seed(7).permutation(101);
    List<List<Batch>> runs = new ArrayList<>();
    for (int threads : new int[] {1, 2, 7}) {
      try (BatchLoader loader =
          new BatchLoader(
              new Rows(101, 13, 50),
              AS_IS,
              LoaderOptions.skipping(s -> {}).withThreads(threads).withAhead(threads))) {
        runs.add(all(loader.batches(order, 8)));
      }
    }
    assertEquals(13, runs.get(0).size());
    for (List<Batch> run : runs) {
      assertEquals(99, run.stream().mapToInt(Batch::size).sum());
      for (int b = 0; b < run.size(); b++) {
        assertArrayEquals(runs.get(0).get(b).positions(), run.get(b).positions());
        assertEquals(runs.get(0).get(b).inputs(), run.get(b).inputs());
      }
    }
  }

  @Test
  void rowsOfABatchBelongToItsPositions() {
    try (BatchLoader loader =
        new BatchLoader(new Rows(20, 3), AS_IS, LoaderOptions.skipping(s -> {}))) {
      for (Batch batch : all(loader.batches(6))) {
        float[] rows = batch.inputs().get("input").toFloats();
        for (int r = 0; r < batch.size(); r++) {
          assertEquals(batch.positions()[r], rows[2 * r]);
        }
      }
    }
  }

  @Test
  void unreadableExamplesAreSkippedAndReportedOnce() {
    List<SkippedExample> skipped = new ArrayList<>();
    try (BatchLoader loader =
        new BatchLoader(new Rows(10, 4, 5), AS_IS, LoaderOptions.skipping(skipped::add))) {
      assertEquals(8, all(loader.batches(2)).stream().mapToInt(Batch::size).sum());
      assertEquals(8, all(loader.batches(3)).stream().mapToInt(Batch::size).sum());
    }
    assertEquals(
        List.of(
            new SkippedExample("row4", "row 4 is broken"),
            new SkippedExample("row5", "row 5 is broken")),
        skipped);
  }

  @Test
  void strictlyAnUnreadableExampleIsAnError() {
    try (BatchLoader loader = new BatchLoader(new Rows(10, 4), AS_IS, LoaderOptions.strict())) {
      DataException e = assertThrows(DataException.class, () -> all(loader.batches(2)));
      assertEquals("row 4 is broken", e.getMessage());
    }
  }

  @Test
  void dataOfWhichNothingCanBeReadAreAnError() {
    try (BatchLoader loader =
        new BatchLoader(new Rows(2, 0, 1), AS_IS, LoaderOptions.skipping(s -> {}))) {
      DataException e = assertThrows(DataException.class, () -> all(loader.batches(2)));
      assertTrue(e.getMessage().contains("none of the 2 examples of 'rows'"), e.getMessage());
    }
  }

  @Test
  void preparesOnlyAFewBatchesAhead() throws InterruptedException {
    Rows rows = new Rows(1000);
    try (BatchLoader loader =
        new BatchLoader(rows, AS_IS, LoaderOptions.strict().withThreads(2).withAhead(2))) {
      Iterator<Batch> batches = loader.batches(10);
      batches.next();
      Thread.sleep(100); // time enough for the threads to do all that they may
      assertTrue(rows.read().get() <= 40, "read " + rows.read());
    }
  }

  @Test
  void closingEndsTheThreadsAndWakesTheConsumer() {
    CountDownLatch started = new CountDownLatch(1);
    Rows slow =
        new Rows(
            100,
            Set.of(),
            new AtomicInteger(),
            i -> {
              started.countDown();
              try {
                Thread.sleep(20);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return null;
            });
    BatchLoader loader = new BatchLoader(slow, AS_IS, LoaderOptions.strict().withThreads(1));
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          Iterator<Batch> batches = loader.batches(50);
          started.await();
          Thread closer = new Thread(loader::close);
          closer.start();
          assertThrows(IllegalStateException.class, () -> all(batches));
          closer.join();
        });
    assertTrue(slow.read().get() < 100);
    assertThrows(IllegalStateException.class, () -> loader.batches(2));
  }

  @Test
  void programmingErrorsAreNotSkipped() {
    Rows buggy =
        new Rows(
            5,
            Set.of(),
            new AtomicInteger(),
            i -> {
              throw new IllegalArgumentException("bug");
            });
    try (BatchLoader loader = new BatchLoader(buggy, AS_IS, LoaderOptions.skipping(s -> {}))) {
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> all(loader.batches(2)));
      assertEquals("bug", e.getCause().getMessage());
    }
  }

  @Test
  void nothingIsABatchlessPass() {
    try (BatchLoader loader = new BatchLoader(new Rows(0), AS_IS, LoaderOptions.strict())) {
      assertFalse(loader.batches(4).hasNext());
    }
  }
}
