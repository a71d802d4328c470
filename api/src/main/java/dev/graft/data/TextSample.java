package dev.graft.data;

import java.util.Optional;

/**
 * A text, or two that belong together.
 *
 * @param text a sentence, a document, or a question
 * @param pair what the model reads beside it: a second sentence, or the passage that has the answer
 */
public record TextSample(String text, Optional<String> pair) implements Sample {
  public static TextSample of(String text) {
    return new TextSample(text, Optional.empty());
  }
}
