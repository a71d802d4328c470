package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** What type rules share: broadcasting, matching of dimensions, and sizes that cannot be known. */
final class Shapes {
  private Shapes() {}

  /** Type rule of operators whose output looks like their first input. */
  static List<TensorType> same(NodeContext node) {
    return List.of(node.type(0));
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
    // Neither is known to be 1, so a fixed size decides, or else the two symbols must agree.
    return a.isFixed() ? a : b.isFixed() ? b : a;
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
}
