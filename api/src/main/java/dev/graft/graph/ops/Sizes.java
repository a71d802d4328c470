package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Shape vectors for decompositions of graphs that still have symbolic dimensions. */
final class Sizes {
  private Sizes() {}

  /** The value in another shape with as many elements, whose symbols are dimensions of it. */
  static Value reshape(Value x, List<Dim> dims) {
    return reshape(x, dims, x);
  }

  /**
   * The value in another shape with as many elements. A symbolic size is copied from its place,
   * left open, or read from the shape of {@code source} when the graph runs.
   */
  static Value reshape(Value x, List<Dim> dims, Value source) {
    long[] sizes = new long[dims.size()];
    for (int i = 0; i < sizes.length; i++) {
      Dim d = dims.get(i);
      boolean inPlace = i < x.rank() && x.shape().dim(i).equals(d);
      sizes[i] = d.isFixed() ? d.size() : inPlace ? 0 : -1;
    }
    boolean oneOpen = Arrays.stream(sizes).filter(s -> s == -1).count() <= 1;
    boolean empty = dims.stream().anyMatch(d -> d.is(0));
    GraphBuilder b = x.builder();
    return empty
        ? b.op("Reshape", Attributes.of("allowzero", 1), x, vector(source, dims))
        : b.op("Reshape", x, oneOpen ? b.vector(sizes) : vector(source, dims));
  }

  /** A vector of sizes; the symbolic ones are dimensions of {@code x}, or multiples of them. */
  static Value vector(Value x, List<Dim> dims) {
    GraphBuilder b = x.builder();
    if (dims.stream().allMatch(Dim::isFixed)) {
      return b.vector(dims.stream().mapToLong(Dim::size).toArray());
    }
    Value[] parts =
        dims.stream().map(d -> d.isFixed() ? b.vector(d.size()) : read(x, d)).toArray(Value[]::new);
    return b.op("Concat", Attributes.of("axis", 0), parts);
  }

  private static Value read(Value x, Dim size) {
    int axis =
        IntStream.range(0, x.rank())
            .filter(i -> !x.shape().dim(i).isFixed())
            .filter(i -> size.floorDiv(x.shape().dim(i)).isFixed())
            .filter(i -> size.floorDiv(x.shape().dim(i)).times(x.shape().dim(i)).equals(size))
            .findFirst()
            .orElseThrow(
                () ->
                    new GraphException(
                        "the size "
                            + size
                            + " cannot be had from '"
                            + x.name()
                            + "' of shape "
                            + x.shape()
                            + "; give the symbols sizes first"));
    Value read = x.builder().op("Shape", Attributes.of("start", axis, "end", axis + 1), x);
    Dim factor = size.floorDiv(x.shape().dim(axis));
    return factor.is(1) ? read : read.mul(factor.size());
  }
}
