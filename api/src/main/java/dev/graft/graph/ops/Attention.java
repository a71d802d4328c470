package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/** Scaled dot-product attention and rotary position embedding. */
public final class Attention {
  private Attention() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        // Opset 25 added the local window to 24; 23 lacks the lengths of a padded cache.
        Operator.of("Attention", 25, 3, 7, Attention::attention)
            .withOutputs(4)
            .withDecomposition(AttentionFormula::of),
        Operator.of("RotaryEmbedding", 23, 3, 4, Shapes::same)
            .withDecomposition(RotaryFormula::of));
  }

  static List<TensorType> attention(NodeContext node) {
    ElementKind.FLOATING.check(node, 0);
    Shapes.sameDType(node, 0, 1);
    Shape q = node.type(0).shape();
    Shape k = heads(node, 1, "kv_num_heads");
    Shape v = heads(node, 2, "kv_num_heads");
    Shape query = heads(node, 0, "q_num_heads");
    if (node.has(4) != node.has(5)) {
      throw node.error("needs past key and past value together");
    }
    Dim total = k.dim(2);
    if (node.has(4)) {
      total = total.plus(node.type(4).shape().dim(2));
    }
    Dim heads = query.dim(1);
    if (heads.isFixed() && k.dim(1).isFixed() && heads.size() % k.dim(1).size() != 0) {
      throw node.error("cannot share " + k.dim(1) + " key heads among " + heads + " query heads");
    }
    Shape y =
        q.rank() == 3
            ? q.with(2, heads.times(v.dim(3)))
            : new Shape(List.of(q.dim(0), heads, q.dim(2), v.dim(3)));
    return List.of(
        node.type(0).withShape(y),
        node.type(1).withShape(k.with(2, total)),
        node.type(2).withShape(v.with(2, total)),
        node.type(0).withShape(new Shape(List.of(q.dim(0), heads, query.dim(2), total))));
  }

  /** Input {@code i} as [batch, heads, sequence, size of a head]. */
  private static Shape heads(NodeContext node, int i, String attribute) {
    Shape shape = node.type(i).shape();
    if (shape.rank() == 4) {
      return shape;
    }
    long heads = node.attributes().i(attribute, 0);
    if (shape.rank() != 3 || heads < 1) {
      throw node.error(
          "needs queries, keys and values [batch, heads, sequence, size], or [batch, sequence,"
              + " heads * size] with the attribute '"
              + attribute
              + "', but got "
              + node.in(i));
    }
    return new Shape(
        List.of(shape.dim(0), Dim.of(heads), shape.dim(1), shape.dim(2).floorDiv(Dim.of(heads))));
  }
}
