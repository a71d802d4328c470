package dev.graft.data;

import dev.graft.tensor.HostTensor;
import java.util.Map;

/**
 * Inputs that a text preprocessing adds to a batch for those who judge or name single tokens. No
 * network reads them; each is INT32 {@code [batch, tokens]}, {@link #NONE} for tokens that are of
 * nothing, such as padding.
 */
public final class TokenAlignment {
  /** Which word of a {@link WordsSample} a token begins; later tokens of a word are of nothing. */
  public static final String WORDS = "alignment/words";

  /**
   * The first character of a token in the {@link TextSample#pair}, for which it is added; tokens of
   * the other text are of nothing.
   */
  public static final String STARTS = "alignment/starts";

  /** Behind the last character of a token, as {@link #STARTS}. */
  public static final String ENDS = "alignment/ends";

  /** What a token of nothing has. */
  public static final int NONE = -1;

  private TokenAlignment() {}

  /**
   * One of these inputs, flat.
   *
   * @param inputs all that a preprocessing made for a batch
   * @throws DataException if it is not there
   */
  public static long[] of(Map<String, HostTensor> inputs, String name) {
    HostTensor alignment = inputs.get(name);
    if (alignment == null) {
      throw new DataException(
          "the task needs to know what each token stands for, but the preprocessing made no '"
              + name
              + "', only "
              + inputs.keySet()
              + ". Use a tokenizer, and examples of words or of questions with passages.");
    }
    return alignment.toLongs();
  }
}
