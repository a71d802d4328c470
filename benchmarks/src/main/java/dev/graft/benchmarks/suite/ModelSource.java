package dev.graft.benchmarks.suite;

import dev.graft.backend.Backend;
import dev.graft.model.PretrainedModel;
import java.io.IOException;
import java.util.Optional;

/** Gives the pre-trained network of a suite, from a file or by training it now. */
@FunctionalInterface
public interface ModelSource {
  /**
   * @param backend the engine to pre-train on, where that is to be done
   */
  PretrainedModel load(Backend backend) throws IOException;

  /** The value on which new heads go; empty for the best one that can be found. */
  default Optional<String> cut() {
    return Optional.empty();
  }
}
