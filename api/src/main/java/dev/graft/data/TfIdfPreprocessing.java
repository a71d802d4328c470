package dev.graft.data;

import dev.graft.tensor.HostTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns texts into weighted counts of the words of a training part (Salton and Buckley 1988): a
 * word's count times {@code ln((1 + n) / (1 + n_word)) + 1}, scaled to length one. Words are two or
 * more letters or digits, in lower case; others than those of the training part do not count.
 * Thread-safe.
 */
public final class TfIdfPreprocessing implements Preprocessing {
  /** The name of the network's input, {@code [batch, words]}. */
  public static final String INPUT = "tf-idf";

  private static final String FILE = "tf-idf.tsv";
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]{2,}");

  private final SortedMap<String, Integer> columns;
  private final float[] weights;

  /** The weights of some words of a text, by column in ascending order. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Terms(int[] columns, float[] weights) {}

  private TfIdfPreprocessing(SortedMap<String, Float> words) {
    columns = new TreeMap<>();
    weights = new float[words.size()];
    words.forEach(
        (word, weight) -> {
          weights[columns.size()] = weight;
          columns.put(word, columns.size());
        });
  }

  /**
   * Learns words and their weights.
   *
   * @param training the training part and nothing else
   */
  public static TfIdfPreprocessing fit(Dataset training) {
    SortedMap<String, Integer> texts = new TreeMap<>();
    for (int i = 0; i < training.size(); i++) {
      new HashSet<>(words(training.sample(i))).forEach(w -> texts.merge(w, 1, Integer::sum));
    }
    if (texts.isEmpty()) {
      throw new DataException("the texts of '" + training.name() + "' have no words");
    }
    SortedMap<String, Float> weights = new TreeMap<>();
    texts.forEach(
        (word, n) -> weights.put(word, (float) (Math.log((1.0 + training.size()) / (1 + n)) + 1)));
    return new TfIdfPreprocessing(weights);
  }

  /** The number of words. */
  public int width() {
    return weights.length;
  }

  /**
   * The words of a sample that are known.
   *
   * @throws DataException if it is no text
   */
  public Terms terms(Sample sample) {
    SortedMap<Integer, Float> values = new TreeMap<>();
    for (String word : words(sample)) {
      Integer column = columns.get(word);
      if (column != null) {
        values.merge(column, weights[column], Float::sum);
      }
    }
    double norm = Math.sqrt(values.values().stream().mapToDouble(v -> v * v).sum());
    float[] scaled = new float[values.size()];
    int at = 0;
    for (float value : values.values()) {
      scaled[at++] = (float) (value / norm);
    }
    return new Terms(values.keySet().stream().mapToInt(c -> c).toArray(), scaled);
  }

  private static List<String> words(Sample sample) {
    String text;
    if (sample instanceof TextSample t) {
      text = t.pair().map(pair -> t.text() + " " + pair).orElse(t.text());
    } else if (sample instanceof WordsSample w) {
      text = String.join(" ", w.words());
    } else {
      throw new DataException(
          "words are counted in texts, but the data has a " + sample.getClass().getSimpleName());
    }
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  @Override
  public Map<String, HostTensor> apply(Sample sample) {
    Terms terms = terms(sample);
    float[] row = new float[width()];
    for (int i = 0; i < terms.columns().length; i++) {
      row[terms.columns()[i]] = terms.weights()[i];
    }
    return Map.of(INPUT, HostTensor.of(row, row.length));
  }

  @Override
  public String type() {
    return "tf-idf";
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("words", FILE);
    settings.put("digest", digest(table()));
    return settings;
  }

  @Override
  public Map<String, byte[]> files() {
    return Map.of(FILE, table());
  }

  /** A line per word, with its weight. */
  private byte[] table() {
    StringBuilder lines = new StringBuilder();
    columns.forEach((word, c) -> lines.append(word).append('\t').append(weights[c]).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String digest(byte[] table) {
    return new ContentDigest().add(table).hex();
  }

  /** Reads {@link #settings} back, with the words in a folder. */
  static TfIdfPreprocessing read(Map<String, Object> values, Path folder) {
    Settings settings = new Settings("preprocessing 'tf-idf'", values);
    Path file = folder.resolve(settings.text("words", FILE));
    String digest = settings.text("digest", "");
    settings.end();
    byte[] table;
    try {
      table = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new DataException("the words " + file + " cannot be read: " + e, e);
    }
    if (!digest.isEmpty() && !digest.equals(digest(table))) {
      throw new DataException(file + " does not have the words that the model was saved with");
    }
    SortedMap<String, Float> words = new TreeMap<>();
    for (String line : new String(table, StandardCharsets.UTF_8).split("\n", -1)) {
      String[] cells = line.split("\t", -1);
      if (cells.length == 2) {
        words.put(cells[0], Float.parseFloat(cells[1]));
      } else if (!line.isEmpty()) {
        throw new DataException(file + " has a line that is no word with its weight: " + line);
      }
    }
    return new TfIdfPreprocessing(words);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof TfIdfPreprocessing t
        && t.columns.equals(columns)
        && Arrays.equals(t.weights, weights);
  }

  @Override
  public int hashCode() {
    return 31 * columns.hashCode() + Arrays.hashCode(weights);
  }
}
