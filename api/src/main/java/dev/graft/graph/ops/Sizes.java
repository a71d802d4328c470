package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import java.util.List;
import java.util.stream.IntStream;

/** Shape vectors for decompositions of graphs that still have symbolic dimensions. */
final class Sizes {
  private Sizes() {}

  /**
   * The value in another shape with as many elements. Symbolic sizes are left open, copied, or read
   * from the value's own shape when the graph runs.
   */
  static Value reshape(Value x, List<Dim> dims) {
    return x.builder().op("Reshape", x, sizes(x, dims));
  }

  private static Value sizes(Value x, List<Dim> dims) {
    List<Integer> symbolic =
        IntStream.range(0, dims.size()).filter(i -> !dims.get(i).isFixed()).boxed().toList();
    if (symbolic.size() <= 1 && dims.stream().noneMatch(d -> d.is(0))) {
      return x.builder()
          .vector(dims.stream().mapToLong(d -> d.isFixed() ? d.size() : -1).toArray());
    }
    return vector(x, dims);
  }

  /** A vector of sizes, of which the symbolic ones are dimensions of {@code x}. */
  static Value vector(Value x, List<Dim> dims) {
    GraphBuilder b = x.builder();
    if (dims.stream().allMatch(Dim::isFixed)) {
      return b.vector(dims.stream().mapToLong(Dim::size).toArray());
    }
    Value[] parts = new Value[dims.size()];
    for (int i = 0; i < parts.length; i++) {
      Dim d = dims.get(i);
      int axis = x.shape().dims().indexOf(d);
      if (!d.isFixed() && axis < 0) {
        throw new GraphException(
            "the size " + d + " of '" + x.name() + "' is not known; give the symbols sizes first");
      }
      parts[i] =
          d.isFixed()
              ? b.vector(d.size())
              : b.op("Shape", Attributes.of("start", axis, "end", axis + 1), x);
    }
    return b.op("Concat", Attributes.of("axis", 0), parts);
  }
}
