package dev.graft.text;

import dev.graft.data.DataException;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a network of texts is fed, each {@code [batch, tokens]}.
 *
 * @param ids the input of the tokens' numbers
 * @param mask the input that is 1 for tokens and 0 for padding, if there is one
 * @param segments the input that is 1 for tokens of a second text, if there is one
 * @param dtype of all of them, INT64 or INT32
 */
public record TextInputs(
    String ids, Optional<String> mask, Optional<String> segments, DType dtype) {
  public TextInputs {
    if (dtype != DType.INT64 && dtype != DType.INT32) {
      throw new DataException("tokens are fed as INT64 or INT32, not as " + dtype);
    }
  }

  /** Whether a network's data inputs are those of a network of texts. */
  public static boolean accepts(Graph graph) {
    return graph.inputs(Role.BATCH).stream()
        .allMatch(i -> i.type().rank() == 2 && isInteger(i.type().dtype()));
  }

  private static boolean isInteger(DType dtype) {
    return dtype == DType.INT64 || dtype == DType.INT32;
  }

  /**
   * Finds the inputs by their names: a mask has {@code mask} in it, segments {@code type} or {@code
   * segment}; the other one is the tokens.
   *
   * @throws DataException if the network has other inputs than these
   */
  public static TextInputs of(Graph graph) {
    Optional<String> ids = Optional.empty();
    Optional<String> mask = Optional.empty();
    Optional<String> segments = Optional.empty();
    DType dtype = DType.INT64;
    for (GraphInput input : graph.inputs(Role.BATCH)) {
      String name = input.name().toLowerCase(Locale.ROOT);
      if (name.contains("mask") && mask.isEmpty()) {
        mask = Optional.of(input.name());
      } else if ((name.contains("type") || name.contains("segment")) && segments.isEmpty()) {
        segments = Optional.of(input.name());
      } else if (ids.isEmpty() && !name.contains("position")) {
        ids = Optional.of(input.name());
        dtype = input.type().dtype();
      } else {
        throw new DataException(
            "a network of texts takes tokens, a mask and segments, but this one also takes '"
                + input.name()
                + "' "
                + input.type());
      }
    }
    return new TextInputs(
        ids.orElseThrow(() -> new DataException("the network has no input for tokens")),
        mask,
        segments,
        dtype);
  }

  /** The number of tokens that the network is fixed to, if it is. */
  static OptionalInt fixedLength(Graph graph) {
    Dim tokens = graph.inputs(Role.BATCH).get(0).type().shape().dim(1);
    return tokens.isFixed() ? OptionalInt.of((int) tokens.size()) : OptionalInt.empty();
  }
}
