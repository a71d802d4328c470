package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Operators that read or write elements at computed places. */
public final class Indexing {
  private Indexing() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("Gather", 13, 2, 2, Indexing::gather),
        Operator.of("GatherElements", 13, 2, 2, Indexing::gatherElements),
        Operator.of("GatherND", 13, 2, 2, Indexing::gatherNd),
        Operator.of("ScatterElements", 18, 3, 3, Shapes::same),
        Operator.of("ScatterND", 18, 3, 3, Shapes::same),
        Operator.of("OneHot", 11, 3, 3, Indexing::oneHot).withoutGradient(),
        Operator.of("Compress", 11, 2, 2, Indexing::compress),
        Operator.of("GatherGradient", Operator.GRAFT, 2, 2, Indexing::gatherGradient));
  }

  private static List<TensorType> gather(NodeContext node) {
    Shape from = node.type(0).shape();
    int axis = Shapes.axis(node, node.attributes().i("axis", 0), from.rank());
    List<Dim> dims = new ArrayList<>(from.dims().subList(0, axis));
    dims.addAll(node.type(1).shape().dims());
    dims.addAll(from.dims().subList(axis + 1, from.rank()));
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  private static List<TensorType> gatherElements(NodeContext node) {
    if (node.type(0).rank() != node.type(1).rank()) {
      throw node.error("needs indices of the rank of its data, but got " + node.inputs());
    }
    return List.of(node.type(0).withShape(node.type(1).shape()));
  }

  private static List<TensorType> gatherNd(NodeContext node) {
    Shape data = node.type(0).shape();
    Shape indices = node.type(1).shape();
    int batch = (int) node.attributes().i("batch_dims", 0);
    long depth = indices.dim(-1).size();
    if (batch + depth > data.rank()) {
      throw node.error("indexes " + (batch + depth) + " axes of " + data);
    }
    List<Dim> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
    dims.addAll(data.dims().subList(batch + (int) depth, data.rank()));
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  private static List<TensorType> oneHot(NodeContext node) {
    Shape indices = node.type(0).shape();
    int axis = Shapes.axis(node, node.attributes().i("axis", -1), indices.rank() + 1);
    // The depth may be of any numeric type.
    Dim depth =
        node.constant(1)
            .map(t -> Dim.of(t.getLong(0)))
            .or(() -> node.dims(1).map(d -> d.get(0)))
            .orElseGet(() -> Shapes.unknown(node, "depth"));
    List<Dim> dims = new ArrayList<>(indices.dims());
    dims.add(axis, depth);
    return List.of(node.type(2).withShape(new Shape(dims)));
  }

  private static List<TensorType> compress(NodeContext node) {
    Shape from = node.type(0).shape();
    Optional<HostTensor> condition = node.constant(1);
    Dim kept = Shapes.unknown(node, "count");
    if (condition.isPresent()) {
      long count = 0;
      for (long c : condition.get().toLongs()) {
        count += c;
      }
      kept = Dim.of(count);
    }
    Shape shape =
        node.attributes().has("axis")
            ? from.with(Shapes.axis(node, node.attributes().i("axis", 0), from.rank()), kept)
            : new Shape(List.of(kept));
    return List.of(node.type(0).withShape(shape));
  }

  private static List<TensorType> gatherGradient(NodeContext node) {
    return List.of(node.type(0).withShape(Shapes.attribute(node, "input_shape")));
  }
}
