package dev.graft.data;

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
}
