package dev.graft.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.graft.data.DataException;
import dev.graft.data.PassageWindow;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.data.Settings;
import dev.graft.data.TextSample;
import dev.graft.data.TokenAlignment;
import dev.graft.data.WordsSample;
import dev.graft.graph.Graph;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into the tokens that a network reads, with a tokenizer in the format of HuggingFace
 * ({@code tokenizer.json}), which is saved beside the network. Nothing is downloaded.
 *
 * <p>Of texts with more tokens than {@code maxLength} the end is left out; of two texts the longer
 * one is cut, unless it was divided into {@link #windows} first. Words and pairs of texts also say
 * what each token stands for, see {@link TokenAlignment}. Thread-safe. The tokenizer's native
 * memory is freed when nothing refers to this any more.
 */
public final class TextPreprocessing implements Preprocessing {
  /** The name under which the tokenizer is saved. */
  public static final String TOKENIZER = "tokenizer.json";

  private static final Set<String> ALIGNMENTS =
      Set.of(TokenAlignment.WORDS, TokenAlignment.STARTS, TokenAlignment.ENDS);

  private final TokenizerFile file;
  private final Tokenizer tokenizer;
  private final TextInputs inputs;
  private final int maxLength;
  private final Padding padding;
  private @Nullable PassageDivision division;

  private TextPreprocessing(TokenizerFile file, TextInputs inputs, int maxLength, Padding padding) {
    if (maxLength < 4) {
      throw new DataException("maxLength must be at least 4 tokens, but is " + maxLength);
    }
    this.file = file;
    this.inputs = inputs;
    this.maxLength = maxLength;
    this.padding = padding;
    this.tokenizer = new Tokenizer(file.json(), maxLength);
  }

  /**
   * What a network expects, found from its inputs; with the tokenizer's own greatest length, or the
   * network's, if that is fixed.
   *
   * @param tokenizer the content of a {@code tokenizer.json}
   * @throws DataException if it is none, or the network does not take tokens
   */
  public static TextPreprocessing of(byte[] tokenizer, Graph network) {
    return of(TokenizerFile.of(tokenizer), network);
  }

  static TextPreprocessing of(TokenizerFile file, Graph network) {
    OptionalInt fixed = TextInputs.fixedLength(network);
    return new TextPreprocessing(
        file,
        TextInputs.of(network),
        fixed.orElse(file.longest()),
        fixed.isPresent() ? Padding.FULL : Padding.BUCKETS);
  }

  /** The same with another greatest number of tokens, special ones included. */
  public TextPreprocessing withMaxLength(int tokens) {
    return new TextPreprocessing(file, inputs, tokens, padding);
  }

  public TextPreprocessing withPadding(Padding other) {
    return new TextPreprocessing(file, inputs, maxLength, other);
  }

  public TextInputs inputs() {
    return inputs;
  }

  public int maxLength() {
    return maxLength;
  }

  @Override
  public String type() {
    return "text";
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("tokenizer", TOKENIZER);
    settings.put("digest", file.digest());
    settings.put("input", inputs.ids());
    inputs.mask().ifPresent(name -> settings.put("mask", name));
    inputs.segments().ifPresent(name -> settings.put("segments", name));
    settings.put("dtype", inputs.dtype().name());
    settings.put("maxLength", maxLength);
    settings.put("padding", Settings.spelling(padding));
    return settings;
  }

  @Override
  public Map<String, byte[]> files() {
    return Map.of(TOKENIZER, file.json());
  }

  /** Reads {@link #settings} back, with the tokenizer in a folder. */
  static TextPreprocessing read(Map<String, Object> values, Path folder) {
    Settings settings = new Settings("preprocessing 'text'", values);
    Path path = folder.resolve(settings.text("tokenizer", TOKENIZER));
    String ids = settings.text("input", "input_ids");
    Optional<String> mask = Optional.of(settings.text("mask", "")).filter(n -> !n.isEmpty());
    Optional<String> segments =
        Optional.of(settings.text("segments", "")).filter(n -> !n.isEmpty());
    DType dtype = dtype(settings.text("dtype", DType.INT64.name()));
    TokenizerFile file = TokenizerFile.of(content(path));
    String digest = settings.text("digest", file.digest());
    int maxLength = settings.integer("maxLength", file.longest());
    Padding padding = settings.choice("padding", Padding.BUCKETS);
    settings.end();
    if (!digest.equals(file.digest())) {
      throw new DataException(
          path + " is not the tokenizer that the model was saved with: its content was changed");
    }
    return new TextPreprocessing(
        file, new TextInputs(ids, mask, segments, dtype), maxLength, padding);
  }

  private static DType dtype(String name) {
    return Arrays.stream(DType.values())
        .filter(d -> d.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new DataException("preprocessing 'text' knows no dtype " + name));
  }

  private static byte[] content(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new DataException("there is no tokenizer " + path, e);
    } catch (IOException e) {
      throw new DataException("the tokenizer " + path + " cannot be read: " + e, e);
    }
  }

  @Override
  public List<PassageWindow> windows(TextSample sample) {
    return division().windows(sample, sample.pair().orElse(""));
  }

  /** Made when it is first needed, because it has a tokenizer of its own. */
  private synchronized PassageDivision division() {
    if (division == null) {
      division = new PassageDivision(file.json(), maxLength);
    }
    return division;
  }

  @Override
  public OptionalInt length(Sample sample) {
    return padding == Padding.FULL
        ? OptionalInt.empty()
        : OptionalInt.of(encode(sample).getIds().length);
  }

  @Override
  public Map<String, HostTensor> apply(Sample sample) {
    Encoding encoding = encode(sample);
    Map<String, HostTensor> result = new LinkedHashMap<>();
    result.put(inputs.ids(), numbers(encoding.getIds()));
    inputs.mask().ifPresent(n -> result.put(n, numbers(encoding.getAttentionMask())));
    inputs.segments().ifPresent(n -> result.put(n, numbers(encoding.getTypeIds())));
    if (sample instanceof WordsSample) {
      result.put(TokenAlignment.WORDS, words(encoding));
    } else if (sample instanceof TextSample text && text.pair().isPresent()) {
      characters(encoding, text.pair().get(), result);
    }
    return result;
  }

  private Encoding encode(Sample sample) {
    if (sample instanceof WordsSample words) {
      return tokenizer.encode(words.words());
    }
    if (sample instanceof TextSample text) {
      return text.pair().isPresent()
          ? tokenizer.encode(text.text(), text.pair().get())
          : tokenizer.encode(text.text());
    }
    throw new DataException(
        "the model takes texts, but the data has a " + sample.getClass().getSimpleName());
  }

  private HostTensor numbers(long[] values) {
    return HostTensor.of(values, values.length).cast(inputs.dtype());
  }

  /** The word that each token begins; later tokens of a word stand for nothing. */
  private static HostTensor words(Encoding encoding) {
    long[] words = encoding.getWordIds();
    int[] result = new int[words.length];
    for (int t = 0; t < words.length; t++) {
      boolean first = words[t] >= 0 && (t == 0 || words[t] != words[t - 1]);
      result[t] = first ? (int) words[t] : TokenAlignment.NONE;
    }
    return HostTensor.of(result, result.length);
  }

  /** Where each token of the second text stands in it. */
  private static void characters(Encoding encoding, String pair, Map<String, HostTensor> result) {
    long[] sequences = encoding.getSequenceIds();
    CharSpan[] spans = encoding.getCharTokenSpans();
    int[] starts = new int[sequences.length];
    int[] ends = new int[sequences.length];
    Arrays.fill(starts, TokenAlignment.NONE);
    Arrays.fill(ends, TokenAlignment.NONE);
    boolean plain = pair.length() == pair.codePointCount(0, pair.length());
    for (int t = 0; t < sequences.length; t++) {
      if (sequences[t] == 1 && spans[t] != null) {
        // The library counts code points.
        int start = spans[t].getStart();
        int end = spans[t].getEnd();
        starts[t] = plain ? start : pair.offsetByCodePoints(0, start);
        ends[t] = plain ? end : pair.offsetByCodePoints(0, end);
      }
    }
    result.put(TokenAlignment.STARTS, HostTensor.of(starts, starts.length));
    result.put(TokenAlignment.ENDS, HostTensor.of(ends, ends.length));
  }

  @Override
  public Map<String, HostTensor> batch(List<Map<String, HostTensor>> prepared) {
    int longest = prepared.stream().mapToInt(p -> p.get(inputs.ids()).size()).max().orElse(1);
    int length = padding.length(longest, maxLength);
    Set<String> names = new LinkedHashSet<>();
    prepared.forEach(p -> names.addAll(p.keySet()));
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    for (String name : names) {
      batch.put(name, padded(prepared, name, length));
    }
    return batch;
  }

  private HostTensor padded(List<Map<String, HostTensor>> prepared, String name, int length) {
    boolean alignment = ALIGNMENTS.contains(name);
    long[] values = new long[prepared.size() * length];
    Arrays.fill(
        values, alignment ? TokenAlignment.NONE : name.equals(inputs.ids()) ? file.pad() : 0);
    for (int row = 0; row < prepared.size(); row++) {
      HostTensor given = prepared.get(row).get(name);
      if (given != null) {
        System.arraycopy(given.toLongs(), 0, values, row * length, given.size());
      }
    }
    DType dtype = alignment ? DType.INT32 : inputs.dtype();
    return HostTensor.fromLongs(TensorType.of(dtype, prepared.size(), length), i -> values[i]);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof TextPreprocessing t && t.settings().equals(settings());
  }

  @Override
  public int hashCode() {
    return settings().hashCode();
  }

  @Override
  public String toString() {
    return "text " + settings();
  }
}
