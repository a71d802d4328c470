package dev.graft.data;

import java.util.List;

/** A sentence that is divided into words already, because its targets are one for each word. */
public record WordsSample(List<String> words) implements Sample {
  public WordsSample {
    words = List.copyOf(words);
  }
}
