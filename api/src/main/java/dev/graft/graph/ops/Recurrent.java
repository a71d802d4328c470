package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/** Recurrent layers over whole sequences. */
public final class Recurrent {
  private Recurrent() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("RNN", 14, 3, 6, n -> types(n, 1, 2))
            .withOutputs(2)
            .withDecomposition(n -> Unrolling.unroll(n, 1)),
        Operator.of("GRU", 14, 3, 6, n -> types(n, 3, 2))
            .withOutputs(2)
            .withDecomposition(n -> Unrolling.unroll(n, 3)),
        Operator.of("LSTM", 14, 3, 8, n -> types(n, 4, 3))
            .withOutputs(3)
            .withDecomposition(n -> Unrolling.unroll(n, 4)));
  }

  private static List<TensorType> types(NodeContext node, int gates, int outputs) {
    ElementKind.FLOATING.check(node, 0);
    TensorType x = node.type(0);
    Shape recurrence = node.type(2).shape();
    if (x.rank() != 3 || recurrence.rank() != 3 || node.type(1).rank() != 3) {
      throw node.error("needs inputs of rank 3, but got " + node.inputs());
    }
    Dim directions = Dim.of(directions(node));
    Dim hidden = Dim.of(node.attributes().i("hidden_size", recurrence.dim(2).size()));
    Shapes.match(node, directions, recurrence.dim(0));
    Shapes.match(node, hidden, recurrence.dim(2));
    Shapes.match(node, hidden.times(Dim.of(gates)), recurrence.dim(1));
    Shapes.match(node, x.shape().dim(2), node.type(1).shape().dim(2));
    boolean batchFirst = isBatchFirst(node);
    Dim time = x.shape().dim(batchFirst ? 1 : 0);
    Dim batch = x.shape().dim(batchFirst ? 0 : 1);
    TensorType y =
        x.withShape(
            new Shape(
                batchFirst
                    ? List.of(batch, time, directions, hidden)
                    : List.of(time, directions, batch, hidden)));
    TensorType last =
        x.withShape(
            new Shape(
                batchFirst
                    ? List.of(batch, directions, hidden)
                    : List.of(directions, batch, hidden)));
    return outputs == 2 ? List.of(y, last) : List.of(y, last, last);
  }

  static boolean isBatchFirst(NodeContext node) {
    return node.attributes().i("layout", 0) == 1;
  }

  static String direction(NodeContext node) {
    return node.attributes().s("direction", "forward");
  }

  static int directions(NodeContext node) {
    return direction(node).equals("bidirectional") ? 2 : 1;
  }
}
