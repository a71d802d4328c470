package dev.graft.transfer;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.MultiLabelTargets;
import dev.graft.data.RegressionTargets;
import dev.graft.data.Sample;
import dev.graft.data.SpanTargets;
import dev.graft.data.Targets;
import dev.graft.data.TokenAlignment;
import dev.graft.data.TokenLabels;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the output of a model means. It is saved with the model and decides what a {@link Predictor}
 * gives back and which evaluator fits.
 *
 * <p>A network that speaks of tokens knows nothing of words and characters; {@link #align} brings
 * its raw output into <i>scores</i> of what the task is about. For the other kinds both are the
 * same.
 */
public sealed interface Output {
  /** The name of the kind, as it is saved: {@code classes}, {@code labels}, ... */
  String kind();

  /** The names of what is scored, in the order of the output; empty where they have none. */
  List<String> names();

  /** The inputs of {@link TokenAlignment} that {@link #align} needs. */
  default List<String> alignment() {
    return List.of();
  }

  /**
   * The scores of a batch.
   *
   * @param raw the network's output
   * @param inputs the inputs that the preprocessing made for the batch
   */
  default HostTensor align(HostTensor raw, Map<String, HostTensor> inputs) {
    return raw;
  }

  /** What the scores of one example mean. */
  Prediction prediction(HostTensor scores, int row, Sample sample);

  /** The kind of output that learns these targets. */
  static Output of(Targets targets) {
    if (targets instanceof ClassLabels t) {
      return new Classes(t.classes());
    } else if (targets instanceof MultiLabelTargets t) {
      return new Labels(t.classes());
    } else if (targets instanceof RegressionTargets t) {
      return new Numbers(t.names());
    } else if (targets instanceof TokenLabels t) {
      return new TokenClasses(t.classes());
    } else if (targets instanceof SpanTargets) {
      return new Span();
    }
    throw new DataException(
        "no output is known for targets of the kind " + targets.getClass().getSimpleName());
  }

  /**
   * The output with a saved kind and names.
   *
   * @throws DataException if there is no such kind
   */
  static Output of(String kind, List<String> names) {
    return switch (kind) {
      case Classes.KIND -> new Classes(names);
      case Labels.KIND -> new Labels(names);
      case Numbers.KIND -> new Numbers(names);
      case TokenClasses.KIND -> new TokenClasses(names);
      case Span.KIND -> new Span();
      default ->
          throw new DataException(
              "no output of the kind '"
                  + kind
                  + "' is known; there is "
                  + List.of(Classes.KIND, Labels.KIND, Numbers.KIND, TokenClasses.KIND, Span.KIND));
    };
  }

  /** One class per example: logits {@code [batch, classes]}, whose softmax are probabilities. */
  record Classes(List<String> names) implements Output {
    static final String KIND = "classes";

    public Classes {
      names = List.copyOf(names);
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public Prediction prediction(HostTensor scores, int row, Sample sample) {
      double[] p = Scores.softmax(Scores.row(scores, row));
      return new Prediction.OneClass(names.get(Scores.largest(p)), Scores.named(names, p));
    }
  }

  /** Any number of labels per example: logits {@code [batch, labels]}, each with its sigmoid. */
  record Labels(List<String> names) implements Output {
    static final String KIND = "labels";

    public Labels {
      names = List.copyOf(names);
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public Prediction prediction(HostTensor scores, int row, Sample sample) {
      double[] p =
          Arrays.stream(Scores.row(scores, row)).map(z -> 1 / (1 + Math.exp(-z))).toArray();
      List<String> present =
          IntStream.range(0, p.length).filter(k -> p[k] >= 0.5).mapToObj(names::get).toList();
      return new Prediction.LabelSet(present, Scores.named(names, p));
    }
  }

  /** Numbers per example, {@code [batch, numbers]}, in the units of the targets. */
  record Numbers(List<String> names) implements Output {
    static final String KIND = "numbers";

    public Numbers {
      names = List.copyOf(names);
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public Prediction prediction(HostTensor scores, int row, Sample sample) {
      return new Prediction.Numbers(Scores.named(names, Scores.row(scores, row)));
    }
  }

  /**
   * A class per word: logits {@code [batch, tokens, classes]} by the network; scores {@code [batch,
   * words, classes]}, which are those of each word's first token and 0 for words that the network
   * did not read.
   */
  record TokenClasses(List<String> names) implements Output {
    static final String KIND = "token-classes";

    public TokenClasses {
      names = List.copyOf(names);
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public List<String> alignment() {
      return List.of(TokenAlignment.WORDS);
    }

    @Override
    public HostTensor align(HostTensor raw, Map<String, HostTensor> inputs) {
      return TokenDecoding.words(
          raw, TokenAlignment.of(inputs, TokenAlignment.WORDS), names.size());
    }

    @Override
    public Prediction prediction(HostTensor scores, int row, Sample sample) {
      return TokenDecoding.tagged(names, scores, row, sample);
    }
  }

  /**
   * Where the answer to a question stands in its passage: logits {@code [batch, tokens, 2]} of its
   * first and last token by the network; scores {@code [batch, 3]}: the first character, the one
   * behind the last, and the probability. A passage that is too long to be read at once is read in
   * {@link dev.graft.data.PassageWindows}, and the most probable answer of all counts.
   */
  record Span() implements Output {
    static final String KIND = "span";

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public List<String> alignment() {
      return List.of(TokenAlignment.STARTS, TokenAlignment.ENDS);
    }

    @Override
    public HostTensor align(HostTensor raw, Map<String, HostTensor> inputs) {
      return TokenDecoding.spans(
          raw,
          TokenAlignment.of(inputs, TokenAlignment.STARTS),
          TokenAlignment.of(inputs, TokenAlignment.ENDS));
    }

    @Override
    public Prediction prediction(HostTensor scores, int row, Sample sample) {
      return TokenDecoding.answer(scores, row, sample);
    }
  }
}
