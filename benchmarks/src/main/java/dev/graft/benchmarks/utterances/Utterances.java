package dev.graft.benchmarks.utterances;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.IntStream;

/**
 * 320 English sentences of eight intents, 40 each, written for Graft. Every other one is in the
 * pool that labelled examples are drawn from; the others are the test part, which nothing is ever
 * chosen by.
 */
public final class Utterances {
  private static final String RESOURCE = "utterances.tsv";

  private Utterances() {}

  /** All sentences, intent by intent. */
  public static Labeled<ClassLabels> all() {
    try (InputStream in = Utterances.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new DataException("the benchmarks' jar lacks its resource " + RESOURCE);
      }
      Path folder = Files.createTempDirectory("utterances");
      Path file = folder.resolve(RESOURCE);
      try {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        return Datasets.open(file, DataOptions.DEFAULTS.withLabelColumn("intent")).data();
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new DataException("the benchmarks' resource " + RESOURCE + " cannot be read", e);
    }
  }

  /** The sentences that labelled examples are drawn from, 20 of each intent. */
  public static Labeled<ClassLabels> pool() {
    return every(0);
  }

  /** The sentences that every result is measured on, 20 of each intent. */
  public static Labeled<ClassLabels> test() {
    return every(1);
  }

  private static Labeled<ClassLabels> every(int rest) {
    Labeled<ClassLabels> all = all();
    return all.subset(IntStream.range(0, all.size()).filter(i -> i % 2 == rest).toArray());
  }
}
