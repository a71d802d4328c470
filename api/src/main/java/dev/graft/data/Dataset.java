package dev.graft.data;

import java.util.Optional;

/**
 * A finite sequence of examples, without any labels. Implementations are thread-safe: examples are
 * decoded by several threads at once.
 */
public interface Dataset {
  /** What it is, for reports and messages. */
  String name();

  int size();

  /**
   * Reads and decodes example {@code i}.
   *
   * @throws DataException if it cannot be read
   */
  Sample sample(int i);

  /** Where example {@code i} comes from: a path, or a row number. */
  String id(int i);

  /** A digest of all content; equal for equal data, whatever the location. */
  String fingerprint();

  /** A digest of the content of example {@code i}, by which duplicates are found. */
  String fingerprint(int i);

  /**
   * What example {@code i} shares with others and must not be on both sides of a split: a speaker,
   * a patient, a scene.
   */
  default Optional<String> group(int i) {
    return Optional.empty();
  }

  /** The examples at these positions, in this order. */
  default Dataset subset(int[] positions) {
    return new DatasetView(this, positions.clone());
  }
}
