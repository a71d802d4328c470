package dev.graft.transfer;

import dev.graft.data.DataException;
import dev.graft.data.PassageWindows;
import dev.graft.data.Sample;
import dev.graft.data.TextSample;
import dev.graft.data.TokenAlignment;
import dev.graft.data.WordsSample;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From what a network says of tokens to words and characters. */
final class TokenDecoding {
  /** Answers of more tokens than this are not looked for. */
  private static final int LONGEST_ANSWER = 30;

  private TokenDecoding() {}

  /**
   * The scores of each word: those of its first token.
   *
   * @param raw {@code [batch, tokens, classes]}
   * @param wordOf {@code [batch][tokens]}, flat
   */
  static HostTensor words(HostTensor raw, long[] wordOf, int classes) {
    int batch = (int) raw.shape().sizes()[0];
    int tokens = wordOf.length / batch;
    int most = (int) Math.max(1, Arrays.stream(wordOf).max().orElse(0) + 1);
    float[] scores = new float[batch * most * classes];
    for (int t = 0; t < wordOf.length; t++) {
      if (wordOf[t] != TokenAlignment.NONE) {
        int word = t / tokens * most + (int) wordOf[t];
        for (int k = 0; k < classes; k++) {
          scores[word * classes + k] = (float) raw.getDouble(t * classes + k);
        }
      }
    }
    return HostTensor.of(scores, batch, most, classes);
  }

  static Prediction tagged(List<String> names, HostTensor scores, int row, Sample sample) {
    if (!(sample instanceof WordsSample words)) {
      throw new DataException(
          "this model tags words, but the sample is a " + sample.getClass().getSimpleName());
    }
    double[] all = Scores.row(scores, row);
    int classes = names.size();
    List<String> tags = new ArrayList<>();
    List<Double> probabilities = new ArrayList<>();
    for (int w = 0; w < words.words().size(); w++) {
      // A word beyond the last that was read has no scores.
      double[] p =
          (w + 1) * classes <= all.length
              ? Scores.softmax(Arrays.copyOfRange(all, w * classes, (w + 1) * classes))
              : Scores.softmax(new double[classes]);
      int best = Scores.largest(p);
      tags.add(names.get(best));
      probabilities.add(p[best]);
    }
    return new Prediction.Words(words.words(), tags, probabilities);
  }

  /**
   * The most probable pair of a first and a last token of each passage, against the first token of
   * all, which stands for "the answer is not here".
   *
   * @param raw {@code [batch, tokens, 2]}
   */
  static HostTensor spans(HostTensor raw, long[] starts, long[] ends) {
    int batch = (int) raw.shape().sizes()[0];
    int tokens = starts.length / batch;
    double[] scores = new double[batch * 3];
    for (int row = 0; row < batch; row++) {
      int from = row * tokens;
      double[] first = new double[tokens];
      double[] last = new double[tokens];
      for (int t = 0; t < tokens; t++) {
        boolean choice = t == 0 || starts[from + t] != TokenAlignment.NONE;
        first[t] = choice ? raw.getDouble((from + t) * 2) : Double.NEGATIVE_INFINITY;
        last[t] = choice ? raw.getDouble((from + t) * 2 + 1) : Double.NEGATIVE_INFINITY;
      }
      first = Scores.softmax(first);
      last = Scores.softmax(last);
      for (int start = 0; start < tokens; start++) {
        boolean passage = starts[from + start] != TokenAlignment.NONE;
        for (int end = start; end < Math.min(tokens, start + LONGEST_ANSWER); end++) {
          double p = first[start] * last[end];
          if (passage && p > scores[row * 3 + 2]) {
            scores[row * 3] = starts[from + start];
            scores[row * 3 + 1] = ends[from + end];
            scores[row * 3 + 2] = p;
          }
        }
      }
    }
    return HostTensor.fromDoubles(TensorType.of(DType.FLOAT32, batch, 3), i -> scores[i]);
  }

  /**
   * Of the answers found in the windows of each question the most probable, by its place in the
   * whole passage.
   *
   * @param scores of some windows, as {@link #spans} gives them
   * @param rows which windows these are, in their order
   */
  static FeatureTable best(HostTensor scores, int[] rows, PassageWindows windows) {
    Map<Integer, double[]> best = new LinkedHashMap<>();
    for (int r = 0; r < rows.length; r++) {
      double[] found = Scores.row(scores, r);
      found[0] += windows.offset(rows[r]);
      found[1] += windows.offset(rows[r]);
      best.merge(windows.question(rows[r]), found, (a, b) -> b[2] > a[2] ? b : a);
    }
    double[] all = best.values().stream().flatMapToDouble(Arrays::stream).toArray();
    return new FeatureTable(
        best.keySet().stream().mapToInt(q -> q).toArray(),
        HostTensor.fromDoubles(TensorType.of(DType.FLOAT32, best.size(), 3), i -> all[i]),
        false);
  }

  static Prediction answer(HostTensor scores, int row, Sample sample) {
    if (!(sample instanceof TextSample text) || text.pair().isEmpty()) {
      throw new DataException("this model answers questions, but the sample has no passage");
    }
    double[] found = Scores.row(scores, row);
    int start = (int) found[0];
    int end = (int) found[1];
    return new Prediction.Answer(start, end, text.pair().get().substring(start, end), found[2]);
  }
}
