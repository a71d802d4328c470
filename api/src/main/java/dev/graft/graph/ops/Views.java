package dev.graft.graph.ops;

import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Operators that give the same elements another shape or order, or repeat them. */
final class Views {
  private Views() {}

  static List<Operator> rows() {
    return List.of(
        Operator.of("Reshape", 21, 2, 2, Views::reshape).withGradient(Views::asInput),
        Operator.of("Flatten", 21, 1, 1, Views::flatten).withGradient(Views::asInput),
        Operator.of("Squeeze", 21, 1, 2, Views::squeeze).withGradient(Views::asInput),
        Operator.of("Unsqueeze", 21, 2, 2, Views::unsqueeze).withGradient(Views::asInput),
        Operator.of("Transpose", 21, 1, 1, Views::transpose)
            .withGradient(g -> Arrays.asList(g.dy().transpose(inverse(permutation(g.node()))))),
        Operator.of("Expand", 13, 2, 2, Views::expand)
            .withGradient(g -> Arrays.asList(g.unbroadcast(g.dy(), 0))),
        Operator.of("Tile", 13, 2, 2, Views::tile).withGradient(Views::tileGradient),
        Operator.of("DepthToSpace", 13, 1, 1, Views::depthToSpace).withDecomposition(Views::spread),
        Operator.of("SpaceToDepth", 13, 1, 1, Views::spaceToDepth)
            .withDecomposition(Views::collect));
  }

  // --- derivatives

  private static List<@Nullable Value> asInput(GradientContext g) {
    return Arrays.asList(g.dy().reshape(g.in(0).shape().sizes()));
  }

  private static long[] inverse(long[] permutation) {
    long[] inverse = new long[permutation.length];
    for (int i = 0; i < permutation.length; i++) {
      inverse[(int) permutation[i]] = i;
    }
    return inverse;
  }

  /** Sums over the copies: axis {@code i} of the output is seen as [repeats, size]. */
  private static List<@Nullable Value> tileGradient(GradientContext g) {
    long[] from = g.in(0).shape().sizes();
    long[] to = g.y().shape().sizes();
    long[] split = new long[2 * from.length];
    for (int i = 0; i < from.length; i++) {
      split[2 * i] = from[i] == 0 ? 1 : to[i] / from[i];
      split[2 * i + 1] = from[i];
    }
    long[] copies = LongStream.range(0, from.length).map(i -> 2 * i).toArray();
    return Arrays.asList(g.dy().reshape(split).sum(false, copies));
  }

  // --- decompositions

  /** DepthToSpace: channels are [block, block, rest] in mode DCR, [rest, block, block] in CRD. */
  private static List<@Nullable Value> spread(NodeContext node) {
    List<Dim> d = node.type(0).shape().dims();
    Dim block = block(node);
    Dim rest = d.get(1).floorDiv(block.times(block));
    boolean depthFirst = node.attributes().s("mode", "DCR").equals("DCR");
    Value cells =
        Sizes.reshape(
            node.in(0),
            depthFirst
                ? List.of(d.get(0), block, block, rest, d.get(2), d.get(3))
                : List.of(d.get(0), rest, block, block, d.get(2), d.get(3)));
    Value ordered =
        depthFirst ? cells.transpose(0, 3, 4, 1, 5, 2) : cells.transpose(0, 1, 4, 2, 5, 3);
    return Arrays.asList(
        Sizes.reshape(ordered, depthToSpace(node).get(0).shape().dims(), node.in(0)));
  }

  /** SpaceToDepth: channels become [block, block, channels]. */
  private static List<@Nullable Value> collect(NodeContext node) {
    List<Dim> d = node.type(0).shape().dims();
    Dim block = block(node);
    Value cells =
        Sizes.reshape(
            node.in(0),
            List.of(
                d.get(0),
                d.get(1),
                d.get(2).floorDiv(block),
                block,
                d.get(3).floorDiv(block),
                block));
    Value ordered = cells.transpose(0, 3, 5, 1, 2, 4);
    return Arrays.asList(Sizes.reshape(ordered, spaceToDepth(node).get(0).shape().dims()));
  }

  // --- types

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
