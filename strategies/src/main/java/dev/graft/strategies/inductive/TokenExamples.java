package dev.graft.strategies.inductive;

import dev.graft.data.Batch;
import dev.graft.data.Dataset;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.Examples;
import dev.graft.train.LoadedExamples;
import dev.graft.transfer.FeatureTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * Texts with the features of each of their tokens, which are computed once. Features are asked for
 * in groups of texts that are padded to the same length, so that each group is one table.
 */
final class TokenExamples implements Examples {
  private final LoadedExamples texts;
  private final String alignment;
  private final String input;
  private final Map<Integer, Row> rows = new HashMap<>();

  /** Where the features of a text are: {@code [texts, tokens, width]} and its place in it. */
  private record Row(HostTensor table, int index) {
    ByteBuffer bytes() {
      int size = table.bytes().remaining() / (int) table.shape().sizes()[0];
      return table.bytes().slice(index * size, size);
    }
  }

  /**
   * @param texts of the data, prepared; they are closed with this
   * @param data the same texts
   * @param alignment an input {@code [batch, tokens]} that the preparation makes
   * @param input the name of the value that the features are fed as
   * @param features of some of the texts
   */
  TokenExamples(
      LoadedExamples texts,
      Dataset data,
      String alignment,
      String input,
      Function<Dataset, FeatureTable> features) {
    this.texts = texts;
    this.alignment = alignment;
    this.input = input;
    for (int[] group : groups(texts, alignment)) {
      FeatureTable table = features.apply(data.subset(group));
      for (int r = 0; r < table.size(); r++) {
        rows.put(group[table.positions()[r]], new Row(table.values(), r));
      }
    }
  }

  /** How many tokens there are together, padding included. */
  static long tokens(LoadedExamples texts, String alignment) {
    return groupsByLength(texts, alignment).entrySet().stream()
        .mapToLong(e -> e.getKey() * e.getValue().size())
        .sum();
  }

  private static List<int[]> groups(LoadedExamples texts, String alignment) {
    return groupsByLength(texts, alignment).values().stream()
        .map(g -> g.stream().mapToInt(p -> p).toArray())
        .toList();
  }

  /** The positions of all texts by the length that each is padded to where it is alone. */
  private static Map<Long, List<Integer>> groupsByLength(LoadedExamples texts, String alignment) {
    Map<Long, List<Integer>> groups = new TreeMap<>();
    texts
        .batches(IntStream.range(0, texts.size()).toArray(), 1)
        .forEachRemaining(
            one ->
                groups
                    .computeIfAbsent(tokens(one, alignment), t -> new ArrayList<>())
                    .add(one.positions()[0]));
    return groups;
  }

  private static long tokens(Batch batch, String alignment) {
    return batch.inputs().get(alignment).shape().sizes()[1];
  }

  @Override
  public int size() {
    return texts.size();
  }

  @Override
  public int[] order(int batchSize, Seed seed) {
    return texts.order(batchSize, seed);
  }

  @Override
  public Iterator<Batch> batches(int[] order, int batchSize) {
    Iterable<Batch> batches = () -> texts.batches(order, batchSize);
    return StreamSupport.stream(batches.spliterator(), false).map(this::withFeatures).iterator();
  }

  /** The batch with its features; padding has features 0. */
  private Batch withFeatures(Batch batch) {
    long tokens = tokens(batch, alignment);
    TensorType first = rows.get(batch.positions()[0]).table().type();
    long width = first.shape().sizes()[2];
    TensorType type = TensorType.of(first.dtype(), batch.size(), tokens, width);
    int rowBytes = Math.toIntExact(tokens * width * first.dtype().bytes());
    ByteBuffer all =
        ByteBuffer.allocateDirect(Math.multiplyExact(rowBytes, batch.size()))
            .order(ByteOrder.nativeOrder());
    for (int r = 0; r < batch.size(); r++) {
      all.position(r * rowBytes).put(rows.get(batch.positions()[r]).bytes());
    }
    Map<String, HostTensor> inputs = new LinkedHashMap<>(batch.inputs());
    inputs.put(input, HostTensor.wrap(type, all.clear()));
    return new Batch(batch.positions(), inputs);
  }

  @Override
  public String fingerprint() {
    return texts.fingerprint();
  }

  @Override
  public void close() {
    texts.close();
  }
}
