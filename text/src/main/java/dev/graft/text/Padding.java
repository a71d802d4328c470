package dev.graft.text;

import java.util.List;

/** How long the rows of a batch are made. */
public enum Padding {
  /** As the longest text of the batch. */
  LONGEST,

  /**
   * As the next of a few lengths, at most a third longer, so that an engine that compiles for every
   * shape has few to compile.
   */
  BUCKETS,

  /** Always as long as texts can be, for networks of fixed length. */
  FULL;

  private static final List<Integer> LENGTHS =
      List.of(8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512);

  /**
   * @param longest the most tokens of a text of the batch
   * @param maxLength the most tokens a text can have
   */
  int length(int longest, int maxLength) {
    return switch (this) {
      case LONGEST -> Math.max(1, longest);
      case BUCKETS ->
          Math.min(
              maxLength,
              LENGTHS.stream()
                  .filter(l -> l >= longest)
                  .findFirst()
                  .orElse((longest + 511) / 512 * 512));
      case FULL -> maxLength;
    };
  }
}
