package dev.graft.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.graft.data.PassageWindow;
import dev.graft.data.TextSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Divides passages that are too long for a network at the borders of words (Devlin et al. 2019).
 * Neighbouring parts overlap, so that an answer of up to {@value #OVERLAP} tokens is whole in one
 * of them. Thread-safe.
 */
final class PassageDivision {
  /** Tokens of a part that are also in the next; half a part where parts are short. */
  private static final int OVERLAP = 32;

  /** Beside a question that leaves less room than this nothing sensible can be read. */
  private static final int LEAST = 8;

  private final Tokenizer tokenizer;
  private final int maxLength;

  /**
   * @param json the content of a {@code tokenizer.json}
   * @param maxLength tokens that are read at once, question and special ones included
   */
  PassageDivision(byte[] json, int maxLength) {
    this.tokenizer = new Tokenizer(json, Integer.MAX_VALUE);
    this.maxLength = maxLength;
  }

  /**
   * @param passage the pair of the sample
   */
  List<PassageWindow> windows(TextSample sample, String passage) {
    Encoding encoding = tokenizer.encode(sample.text(), passage);
    long[] sequences = encoding.getSequenceIds();
    int[] tokens =
        IntStream.range(0, sequences.length)
            .filter(t -> sequences[t] == 1 && encoding.getCharTokenSpans()[t] != null)
            .toArray();
    int room = maxLength - (sequences.length - tokens.length);
    if (tokens.length <= room || room < LEAST) {
      return List.of(new PassageWindow(sample, 0));
    }
    List<PassageWindow> windows = new ArrayList<>();
    int overlap = Math.min(OVERLAP, room / 2);
    int start = 0;
    while (true) {
      boolean last = start + room >= tokens.length;
      int end = last ? tokens.length : wordStart(encoding, tokens, start + room, start + overlap);
      windows.add(window(sample, passage, encoding, tokens[start], tokens[end - 1]));
      if (last) {
        return windows;
      }
      start = wordStart(encoding, tokens, end - overlap, start);
    }
  }

  /** The last place up to {@code at}, but behind {@code after}, where a word begins; or at. */
  private static int wordStart(Encoding encoding, int[] tokens, int at, int after) {
    long[] words = encoding.getWordIds();
    return IntStream.iterate(at, t -> t > after, t -> t - 1)
        .filter(t -> words[tokens[t]] != words[tokens[t - 1]])
        .findFirst()
        .orElse(at);
  }

  private static PassageWindow window(
      TextSample sample, String passage, Encoding encoding, int first, int last) {
    CharSpan[] spans = encoding.getCharTokenSpans();
    // The library counts code points.
    int start = passage.offsetByCodePoints(0, spans[first].getStart());
    int end = passage.offsetByCodePoints(0, spans[last].getEnd());
    return new PassageWindow(
        new TextSample(sample.text(), Optional.of(passage.substring(start, end))), start);
  }
}
