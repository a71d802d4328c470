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
import java.util.stream.IntStream;

/** Interpolation of tensors at other sizes or at given points. */
final class Resizing {
  private Resizing() {}

  static List<Operator> rows() {
    return List.of(
        Operator.of("Resize", 19, 1, 4, Resizing::resize)
            .withDecomposition(Interpolation::decomposition)
            .withGradient(Interpolation::gradient),
        Operator.of("GridSample", 20, 2, 2, Resizing::gridSample)
            .withDecomposition(GridSampling::decomposition));
  }

  static List<TensorType> resize(NodeContext node) {
    Shape shape = node.type(0).shape();
    List<Integer> axes = resizedAxes(node);
    Optional<HostTensor> scales = scales(node);
    if (scales.isPresent()) {
      checkCount(node, scales.get().size(), axes);
      for (int i = 0; i < axes.size(); i++) {
        int axis = axes.get(i);
        shape = shape.with(axis, scaled(node, axis, shape.dim(axis), scales.get().getDouble(i)));
      }
    } else if (node.has(3)) {
      shape = sized(node, shape, axes);
    } else if (node.has(2)) {
      for (int axis : axes) {
        shape = shape.with(axis, Shapes.unknown(node, axis));
      }
    } else {
      throw node.error("needs scales or sizes");
    }
    return List.of(node.type(0).withShape(shape));
  }

  /** The axes that scales and sizes speak of: all, unless the attribute tells. */
  static List<Integer> resizedAxes(NodeContext node) {
    int rank = node.type(0).rank();
    long[] axes = node.attributes().ints("axes");
    return axes == null ? IntStream.range(0, rank).boxed().toList() : Shapes.axes(node, axes, rank);
  }

  /** The constant scales; an empty tensor, as old exporters write, stands for none. */
  static Optional<HostTensor> scales(NodeContext node) {
    return node.constant(2).filter(t -> t.size() > 0);
  }

  private static void checkCount(NodeContext node, int count, List<Integer> axes) {
    if (count != axes.size()) {
      throw node.error("has " + count + " scales or sizes for " + axes.size() + " axes");
    }
  }

  private static Dim scaled(NodeContext node, int axis, Dim size, double scale) {
    if (size.isFixed()) {
      return Dim.of((long) Math.floor(size.size() * roundedScale(scale)));
    }
    return scale == Math.rint(scale)
        ? size.times(Dim.of((long) scale))
        : Shapes.unknown(node, axis);
  }

  /** Scales are floats: 0.6f times 5 must give 3, as in single precision. */
  private static double roundedScale(double scale) {
    return Double.parseDouble(Float.toString((float) scale));
  }

  private static Shape sized(NodeContext node, Shape from, List<Integer> axes) {
    Shape shape = from;
    Optional<List<Dim>> sizes = node.dims(3);
    if (sizes.isEmpty()) {
      for (int axis : axes) {
        shape = shape.with(axis, Shapes.unknown(node, axis));
      }
      return shape;
    }
    checkCount(node, sizes.get().size(), axes);
    List<Dim> kept = keepAspectRatio(node, from, axes, sizes.get());
    for (int i = 0; i < axes.size(); i++) {
      shape = shape.with(axes.get(i), kept.get(i));
    }
    return shape;
  }

  private static List<Dim> keepAspectRatio(
      NodeContext node, Shape from, List<Integer> axes, List<Dim> sizes) {
    if (stretches(node)) {
      return sizes;
    }
    double scale = commonScale(node, from, axes, sizes);
    List<Dim> result = new ArrayList<>();
    for (int axis : axes) {
      result.add(Dim.of((long) Math.floor(scale * from.dim(axis).size() + 0.5)));
    }
    return result;
  }

  private static boolean stretches(NodeContext node) {
    return node.attributes().s("keep_aspect_ratio_policy", "stretch").equals("stretch");
  }

  private static double commonScale(
      NodeContext node, Shape from, List<Integer> axes, List<Dim> sizes) {
    boolean larger =
        node.attributes().s("keep_aspect_ratio_policy", "stretch").equals("not_smaller");
    double scale = larger ? 0 : Double.MAX_VALUE;
    for (int i = 0; i < axes.size(); i++) {
      double s = (double) sizes.get(i).size() / from.dim(axes.get(i)).size();
      scale = larger ? Math.max(scale, s) : Math.min(scale, s);
    }
    return scale;
  }

  /** The scale of each resized axis, given or implied by the sizes; needs fixed shapes. */
  static List<Double> axisScales(NodeContext node, List<Integer> axes) {
    Shape from = node.type(0).shape();
    Optional<HostTensor> scales = scales(node);
    List<Double> result = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      if (scales.isPresent()) {
        result.add(roundedScale(scales.get().getDouble(i)));
        continue;
      }
      List<Dim> sizes = node.dims(3).orElseThrow(() -> node.error("needs known scales or sizes"));
      result.add(
          stretches(node)
              ? (double) sizes.get(i).size() / from.dim(axes.get(i)).size()
              : commonScale(node, from, axes, sizes));
    }
    return result;
  }

  private static List<TensorType> gridSample(NodeContext node) {
    Shape x = node.type(0).shape();
    Shape grid = node.type(1).shape();
    if (grid.rank() != x.rank() || x.rank() < 3) {
      throw node.error("needs an input and a grid of equal rank, but got " + node.inputs());
    }
    List<Dim> dims = new ArrayList<>(List.of(Shapes.match(node, x.dim(0), grid.dim(0)), x.dim(1)));
    dims.addAll(grid.dims().subList(1, grid.rank() - 1));
    return List.of(node.type(0).withShape(new Shape(dims)));
  }
}
