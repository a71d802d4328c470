package dev.graft.transfer;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a strategy did, for people; printed by {@link #toString}.
 *
 * @param strategy its name
 * @param model the pre-trained network's name
 * @param cut the value at which the network was cut and the new head put on
 * @param parameters the number of all parameter elements of the new network
 * @param trainable how many of them were trained; buffers such as running statistics never are
 * @param notes what the user should know: overlap with pre-training classes, folded normalisation,
 *     duplicates between train and validation, how training ended
 */
public record Summary(
    String strategy,
    String model,
    String cut,
    long parameters,
    long trainable,
    List<String> notes) {
  public Summary {
    notes = List.copyOf(notes);
  }

  /** The number of parameter elements that were not trained. */
  public long frozen() {
    return parameters - trainable;
  }

  @Override
  public String toString() {
    return String.format(
            Locale.ROOT,
            "%s of %s, cut at '%s'%nparameters %,d: trainable %,d, frozen %,d%n",
            strategy,
            model,
            cut,
            parameters,
            trainable,
            frozen())
        + notes.stream()
            .map(n -> "note: " + n + System.lineSeparator())
            .collect(Collectors.joining());
  }
}
