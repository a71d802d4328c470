package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Operators that give the same elements another shape or order, or repeat them. */
final class Views {
  private Views() {}

  static List<Operator> rows() {
    return List.of(
        Operator.of("Reshape", 21, 2, 2, Views::reshape),
        Operator.of("Flatten", 21, 1, 1, Views::flatten),
        Operator.of("Squeeze", 21, 1, 2, Views::squeeze),
        Operator.of("Unsqueeze", 21, 2, 2, Views::unsqueeze),
        Operator.of("Transpose", 21, 1, 1, Views::transpose),
        Operator.of("Expand", 13, 2, 2, Views::expand),
        Operator.of("Tile", 13, 2, 2, Views::tile),
        Operator.of("DepthToSpace", 13, 1, 1, Views::depthToSpace),
        Operator.of("SpaceToDepth", 13, 1, 1, Views::spaceToDepth));
  }

  private static List<TensorType> reshape(NodeContext node) {
    Shape from = node.type(0).shape();
    Optional<List<Dim>> wanted = node.dims(1);
    return List.of(
        node.type(0)
            .withShape(
                wanted.isPresent()
                    ? reshaped(node, from, wanted.get())
                    : Shapes.unknownShape(node, 1)));
  }

  private static Shape reshaped(NodeContext node, Shape from, List<Dim> wanted) {
    boolean zeroCopies = node.attributes().i("allowzero", 0) == 0;
    List<Dim> dims = new ArrayList<>();
    int free = -1;
    for (int i = 0; i < wanted.size(); i++) {
      Dim d = wanted.get(i);
      if (d.is(0) && zeroCopies) {
        if (i >= from.rank()) {
          throw node.error("copies dimension " + i + " of " + from + ", which does not exist");
        }
        d = from.dim(i);
      } else if (d.is(-1)) {
        if (free >= 0) {
          throw node.error("leaves two dimensions open in " + wanted);
        }
        free = i;
        d = Dim.of(1);
      }
      dims.add(d);
    }
    Dim all = Shapes.product(from.dims());
    Dim known = Shapes.product(dims);
    if (free >= 0) {
      if (known.is(0) || (all.isFixed() && known.isFixed() && all.size() % known.size() != 0)) {
        throw node.error("cannot give the elements of " + from + " the shape " + wanted);
      }
      dims.set(free, all.floorDiv(known));
    } else if (all.isFixed() && known.isFixed() && !all.equals(known)) {
      throw node.error("cannot give the elements of " + from + " the shape " + wanted);
    }
    return new Shape(dims);
  }

  private static List<TensorType> flatten(NodeContext node) {
    List<Dim> dims = node.type(0).shape().dims();
    long axis = node.attributes().i("axis", 1);
    if (Math.abs(axis) > dims.size()) {
      throw node.error("has axis " + axis + ", but its input has rank " + dims.size());
    }
    int split = (int) (axis < 0 ? axis + dims.size() : axis);
    Dim outer = Shapes.product(dims.subList(0, split));
    Dim inner = Shapes.product(dims.subList(split, dims.size()));
    return List.of(node.type(0).withShape(new Shape(List.of(outer, inner))));
  }

  private static List<TensorType> squeeze(NodeContext node) {
    Shape from = node.type(0).shape();
    List<Integer> dropped;
    if (node.has(1)) {
      long[] axes = node.longs(1).orElseThrow(() -> node.error("needs constant axes"));
      dropped = Shapes.axes(node, axes, from.rank());
    } else {
      dropped = IntStream.range(0, from.rank()).filter(i -> from.dim(i).is(1)).boxed().toList();
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < from.rank(); i++) {
      if (!dropped.contains(i)) {
        dims.add(from.dim(i));
      } else if (from.dim(i).isFixed() && !from.dim(i).is(1)) {
        throw node.error("cannot drop axis " + i + " of " + from + ", whose size is not 1");
      }
    }
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  private static List<TensorType> unsqueeze(NodeContext node) {
    Shape from = node.type(0).shape();
    long[] given = node.longs(1).orElseThrow(() -> node.error("needs constant axes"));
    int rank = from.rank() + given.length;
    List<Integer> axes = Shapes.axes(node, given, rank);
    List<Dim> dims = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      dims.add(axes.contains(i) ? Dim.of(1) : from.dim(next++));
    }
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  private static List<TensorType> transpose(NodeContext node) {
    Shape from = node.type(0).shape();
    List<Dim> dims = new ArrayList<>();
    for (int axis : Shapes.axes(node, permutation(node), from.rank())) {
      dims.add(from.dim(axis));
    }
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  /** The attribute {@code perm}, by default all axes in reverse. */
  static long[] permutation(NodeContext node) {
    int rank = node.type(0).rank();
    long[] perm = node.attributes().ints("perm");
    if (perm == null) {
      return IntStream.range(0, rank).mapToLong(i -> rank - 1 - i).toArray();
    }
    if (perm.length != rank) {
      throw node.error("permutes " + perm.length + " axes, but its input has rank " + rank);
    }
    return perm;
  }

  private static List<TensorType> expand(NodeContext node) {
    Optional<List<Dim>> wanted = node.dims(1);
    Shape shape =
        wanted.isPresent()
            ? Shapes.broadcast(node, node.type(0).shape(), new Shape(wanted.get()))
            : Shapes.broadcast(node, Shapes.unknownShape(node, 1), node.type(0).shape());
    return List.of(node.type(0).withShape(shape));
  }

  private static List<TensorType> tile(NodeContext node) {
    Shape from = node.type(0).shape();
    Optional<List<Dim>> repeats = node.dims(1);
    if (repeats.isEmpty()) {
      return List.of(node.type(0).withShape(Shapes.unknownShape(node, 1)));
    }
    if (repeats.get().size() != from.rank()) {
      throw node.error("repeats " + repeats.get().size() + " axes of " + from);
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < from.rank(); i++) {
      dims.add(from.dim(i).times(repeats.get().get(i)));
    }
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  private static List<TensorType> depthToSpace(NodeContext node) {
    Dim block = block(node);
    List<Dim> d = node.type(0).shape().dims();
    return List.of(
        node.type(0)
            .withShape(
                new Shape(
                    List.of(
                        d.get(0),
                        divided(node, d.get(1), block.times(block)),
                        d.get(2).times(block),
                        d.get(3).times(block)))));
  }

  private static List<TensorType> spaceToDepth(NodeContext node) {
    Dim block = block(node);
    List<Dim> d = node.type(0).shape().dims();
    return List.of(
        node.type(0)
            .withShape(
                new Shape(
                    List.of(
                        d.get(0),
                        d.get(1).times(block).times(block),
                        divided(node, d.get(2), block),
                        divided(node, d.get(3), block)))));
  }

  private static Dim block(NodeContext node) {
    if (node.type(0).rank() != 4) {
      throw node.error("needs an input [batch, channels, height, width], but got " + node.type(0));
    }
    long block = node.attributes().i("blocksize", 0);
    if (block < 1) {
      throw node.error("needs a positive attribute 'blocksize'");
    }
    return Dim.of(block);
  }

  private static Dim divided(NodeContext node, Dim size, Dim block) {
    if (size.isFixed() && size.size() % block.size() != 0) {
      throw node.error("cannot divide " + node.type(0) + " into blocks of " + block);
    }
    return size.floorDiv(block);
  }
}
