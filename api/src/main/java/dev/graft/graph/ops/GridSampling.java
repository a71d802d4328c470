package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * GridSample in simpler operators: each result is a weighted sum of the 2^r pixels around its
 * sampling point (Jaderberg, Simonyan, Zisserman, Kavukcuoglu 2015, Spatial Transformer Networks,
 * eq. 5), or the nearest one. Differentiable by the image and by the grid.
 */
final class GridSampling {
  private final NodeContext node;
  private final Value image;
  private final Value grid;

  /** The number of spatial axes. */
  private final int axes;

  private final boolean alignCorners;
  private final String padding;

  private GridSampling(NodeContext node) {
    this.node = node;
    this.image = node.in(0);
    this.grid = node.in(1);
    this.axes = image.rank() - 2;
    this.alignCorners = node.attributes().i("align_corners", 0) != 0;
    this.padding = node.attributes().s("padding_mode", "zeros");
  }

  /** The sampled image; null for cubic interpolation and for sizes that are not known. */
  static @Nullable List<@Nullable Value> decomposition(NodeContext node) {
    String mode = node.attributes().s("mode", "linear");
    boolean known = node.type(0).shape().isStatic() && node.type(1).shape().isStatic();
    if (!known || !(mode.equals("linear") || mode.equals("nearest"))) {
      return null;
    }
    GridSampling sampling = new GridSampling(node);
    return List.of(mode.equals("linear") ? sampling.linear() : sampling.nearest());
  }

  private Value linear() {
    List<Value> floors = new ArrayList<>();
    List<Value> fractions = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      Value point = point(axis);
      Value floor = point.op("Floor");
      floors.add(floor);
      fractions.add(point.sub(floor));
    }
    Value sum = null;
    for (int corner = 0; corner < 1 << axes; corner++) {
      List<Value> pixel = new ArrayList<>();
      Value weight = null;
      for (int axis = 0; axis < axes; axis++) {
        boolean next = (corner >> axis & 1) != 0;
        Value fraction = fractions.get(axis);
        Value share = next ? fraction : fraction.constant(1).sub(fraction);
        pixel.add(next ? floors.get(axis).add(1) : floors.get(axis));
        weight = weight == null ? share : weight.mul(share);
      }
      Value term = pixels(pixel, weight);
      sum = sum == null ? term : sum.add(term);
    }
    return shaped(sum);
  }

  private Value nearest() {
    List<Value> pixel = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      pixel.add(point(axis).op("Round"));
    }
    return shaped(pixels(pixel, null));
  }

  private long size(int axis) {
    return image.shape().dim(2 + axis).size();
  }

  /** The number of sampling points in one image. */
  private long points() {
    return grid.shape().elements() / (grid.shape().dim(0).size() * axes);
  }

  private Value shaped(@Nullable Value samples) {
    if (samples == null) {
      throw node.error("needs a spatial axis");
    }
    Shape points = grid.shape();
    long[] shape = new long[image.rank()];
    shape[0] = points.dim(0).size();
    shape[1] = image.shape().dim(1).size();
    for (int axis = 0; axis < axes; axis++) {
      shape[2 + axis] = points.dim(1 + axis).size();
    }
    return samples.reshape(shape);
  }

  /** Where the samples lie along an axis, in pixels: [N, points]. */
  private Value point(int axis) {
    // The grid lists the innermost axis first.
    int coordinate = axes - 1 - axis;
    Value normalized =
        grid.slice(grid.rank() - 1, coordinate, coordinate + 1)
            .reshape(grid.shape().dim(0).size(), points())
            .cast(image.dtype());
    double size = size(axis);
    Value point =
        alignCorners
            ? normalized.add(1).mul((size - 1) / 2)
            : normalized.mul(size / 2).add((size - 1) / 2);
    return switch (padding) {
      case "zeros" -> point;
      case "border" -> clip(point, size - 1);
      case "reflection" ->
          clip(alignCorners ? reflect(point, 0, size - 1) : reflect(point, -0.5, size), size - 1);
      default -> throw node.error("has padding_mode='" + padding + "'");
    };
  }

  private static Value clip(Value v, double high) {
    return v.op("Clip", v.constant(0), v.constant(high));
  }

  /** Mirrors at {@code low} and at {@code low + span} until the point is between. */
  private static Value reflect(Value point, double low, double span) {
    if (span == 0) {
      return point.mul(0);
    }
    Value period = point.constant(2 * span);
    Value distance = point.sub(low).op("Abs");
    Value rest = point.builder().op("Mod", Attributes.of("fmod", 1), distance, period);
    return rest.op("Min", period.sub(rest)).add(low);
  }

  /** The pixels at whole positions, times a weight: [N, C, points]. Outside is zero. */
  private Value pixels(List<Value> position, @Nullable Value weight) {
    Value index = null;
    Value inside = null;
    for (int axis = 0; axis < axes; axis++) {
      Value p = position.get(axis);
      Value clipped = clip(p, size(axis) - 1);
      Value hit = p.equalTo(clipped);
      inside = inside == null ? hit : inside.op("And", hit);
      Value whole = clipped.cast(DType.INT64);
      index = index == null ? whole : index.mul(size(axis)).add(whole);
    }
    if (index == null || inside == null) {
      throw node.error("needs a spatial axis");
    }
    long batch = image.shape().dim(0).size();
    long channels = image.shape().dim(1).size();
    Value flat = image.reshape(batch, channels, -1);
    Value everyChannel =
        index.unsqueeze(1).op("Expand", node.builder().vector(batch, channels, points()));
    Value found = node.builder().op("GatherElements", Attributes.of("axis", 2), flat, everyChannel);
    Value share = Pointwise.indicator(inside, found);
    return found.mul((weight == null ? share : weight.mul(share)).unsqueeze(1));
  }
}
