package dev.graft.datasets;

import dev.graft.data.Labeled;
import dev.graft.data.SkippedExample;
import dev.graft.data.Targets;
import java.util.List;

/**
 * Data that were opened.
 *
 * @param data the examples with their targets
 * @param skipped the examples that were seen to be damaged and left out
 */
public record Opened<T extends Targets>(Labeled<T> data, List<SkippedExample> skipped) {
  public Opened {
    skipped = List.copyOf(skipped);
  }

  static <T extends Targets> Opened<T> whole(Labeled<T> data) {
    return new Opened<>(data, List.of());
  }
}
