package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator.TypeRule;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What type rules share: element types, broadcasting, matching of dimensions, and sizes that cannot
 * be known.
 */
final class Shapes {
  private Shapes() {}

  /** Type rule of operators whose output looks like their first input. */
  static List<TensorType> same(NodeContext node) {
    return List.of(node.type(0));
  }

  /** The output has the type of the first input, whose elements are of a kind. */
  static TypeRule same(ElementKind kind) {
    return n -> {
      kind.check(n, 0);
      return List.of(n.type(0));
    };
  }

  /** All inputs have the same element type and are broadcast together. */
  static TypeRule broadcast(ElementKind kind) {
    return n -> {
      kind.check(n, 0);
      sameDType(n);
      return List.of(n.type(0).withShape(broadcastAll(n)));
    };
  }

  /** Like {@link #broadcast}, with a boolean result. */
  static TypeRule comparison(ElementKind kind) {
    return n -> {
      kind.check(n, 0);
      sameDType(n);
      return List.of(new TensorType(DType.BOOL, broadcastAll(n)));
    };
  }

  /** Refuses inputs whose element type is not that of the first. */
  static void sameDType(NodeContext n) {
    for (int i = 1; i < n.inputs().size(); i++) {
      if (n.has(i)) {
        sameDType(n, 0, i);
      }
    }
  }

  /** Refuses two inputs of different element types. */
  static void sameDType(NodeContext n, int i, int j) {
    if (n.type(i).dtype() != n.type(j).dtype()) {
      throw n.error(
          "needs one element type for inputs "
              + i
              + " and "
              + j
              + ", but '"
              + n.in(i).name()
              + "' is "
              + n.type(i)
              + " and '"
              + n.in(j).name()
              + "' is "
              + n.type(j));
    }
  }

  /** Refuses input {@code i} if its rank is another. */
  static void rank(NodeContext n, int i, int rank) {
    if (n.type(i).rank() != rank) {
      throw n.error(
          "needs rank "
              + rank
              + " for input "
              + i
              + ", but '"
              + n.in(i).name()
              + "' is "
              + n.type(i));
    }
  }

  /** The shape of all inputs broadcast together. */
  static Shape broadcastAll(NodeContext n) {
    Shape shape = n.type(0).shape();
    for (int i = 1; i < n.inputs().size(); i++) {
      if (n.has(i)) {
        shape = broadcast(n, shape, n.type(i).shape());
      }
    }
    return shape;
  }

  /** The shape that both broadcast to, by ONNX's multidirectional rule. */
  static Shape broadcast(NodeContext node, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int ia = i - rank + a.rank();
      int ib = i - rank + b.rank();
      if (ia < 0) {
        dims.add(b.dim(ib));
      } else if (ib < 0) {
        dims.add(a.dim(ia));
      } else {
        dims.add(broadcast(node, a.dim(ia), b.dim(ib)));
      }
    }
    return new Shape(dims);
  }

  private static Dim broadcast(NodeContext node, Dim a, Dim b) {
    if (a.equals(b) || b.is(1)) {
      return a;
    }
    if (a.is(1)) {
      return b;
    }
    if (a.isFixed() && b.isFixed()) {
      throw node.error("cannot broadcast sizes " + a + " and " + b + " in " + node.inputs());
    }
    if (a.isFixed() || b.isFixed()) {
      // The symbol can only be 1 or that size.
      return a.isFixed() ? a : b;
    }
    // Sorted, so that the order of operands does not matter.
    String[] symbols = {a.toString(), b.toString()};
    Arrays.sort(symbols);
    return Dim.symbol("max(" + symbols[0] + "," + symbols[1] + ")");
  }

  /** The one size that two dimensions which must agree have. */
  static Dim match(NodeContext node, Dim a, Dim b) {
    if (a.isFixed() && b.isFixed() && !a.equals(b)) {
      throw node.error(
          "has inputs whose sizes " + a + " and " + b + " must agree: " + node.inputs());
    }
    return a.isFixed() ? a : b;
  }

  /**
   * A size that depends on the data, or that the rule cannot express; {@code label} tells which.
   */
  static Dim unknown(NodeContext node, Object label) {
    return Dim.symbol(node.name() + "#" + label);
  }

  /** As many unknown sizes as the shape vector at input {@code i} has elements. */
  static Shape unknownShape(NodeContext node, int i) {
    Dim length = node.type(i).shape().dim(0);
    if (!length.isFixed()) {
      throw node.error(
          "takes a shape from '"
              + node.in(i).name()
              + "', whose length is not known; the rank of"
              + " every value must be known");
    }
    List<Dim> dims = new ArrayList<>();
    for (int d = 0; d < length.size(); d++) {
      dims.add(unknown(node, d));
    }
    return new Shape(dims);
  }

  /** The shape that a required attribute tells. */
  static Shape attribute(NodeContext node, String name) {
    long[] sizes = node.attributes().ints(name);
    if (sizes == null) {
      throw node.error("needs the attribute '" + name + "'");
    }
    return Shape.of(sizes);
  }

  /** The product of some dimensions; 1 if there are none. */
  static Dim product(List<Dim> dims) {
    return dims.stream().reduce(Dim.of(1), Dim::times);
  }

  /** Distinct axes counted from the front, checked against the rank. */
  static List<Integer> axes(NodeContext node, long[] axes, int rank) {
    List<Integer> result = new ArrayList<>();
    for (long axis : axes) {
      int a = axis(node, axis, rank);
      if (result.contains(a)) {
        throw node.error("names axis " + axis + " twice");
      }
      result.add(a);
    }
    return result;
  }

  /** An axis counted from the front, checked against the rank. */
  static int axis(NodeContext node, long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw node.error("has axis " + axis + ", but its input has rank " + rank);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** The element type that a string attribute names, or the default where it is absent. */
  static DType dtype(NodeContext n, String attribute, DType otherwise) {
    String name = n.attributes().s(attribute, otherwise.name());
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(name)) {
        return dtype;
      }
    }
    throw n.error(
        "has " + attribute + "='" + name + "', which is none of " + List.of(DType.values()));
  }
}
