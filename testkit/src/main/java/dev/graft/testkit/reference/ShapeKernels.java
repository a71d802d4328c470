package dev.graft.testkit.reference;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that move, cut, join or describe tensors without computing on their elements. */
final class ShapeKernels {
  private ShapeKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("Shape", ShapeKernels::shape);
    table.put("Size", c -> List.of(Array.of(DType.INT64, new int[0], new long[] {c.in(0).size()})));
    table.put("Reshape", ShapeKernels::reshape);
    table.put("Flatten", ShapeKernels::flatten);
    table.put("Squeeze", ShapeKernels::squeeze);
    table.put("Unsqueeze", ShapeKernels::unsqueeze);
    table.put("Transpose", ShapeKernels::transpose);
    table.put("Expand", c -> List.of(expand(c.in(0), c.in(1).ints())));
    table.put("Concat", ShapeKernels::concat);
    table.put("Split", ShapeKernels::split);
    table.put("Slice", ShapeKernels::slice);
    table.put("Pad", ShapeKernels::pad);
    table.put("Tile", ShapeKernels::tile);
    table.put("ConstantOfShape", ShapeKernels::constantOfShape);
    table.put("EyeLike", ShapeKernels::eyeLike);
    table.put("Range", ShapeKernels::range);
    table.put("Trilu", ShapeKernels::trilu);
    table.put("DepthToSpace", ShapeKernels::depthToSpace);
    table.put("SpaceToDepth", ShapeKernels::spaceToDepth);
  }

  private static List<Array> shape(Call c) {
    int[] shape = c.in(0).shape;
    int start = limit(c.i("start", 0), shape.length);
    int end = limit(c.i("end", shape.length), shape.length);
    return List.of(
        Array.vector(
            IntStream.range(start, Math.max(start, end)).mapToLong(i -> shape[i]).toArray()));
  }

  /** A position that may count from the end, moved into [0, n]. */
  private static int limit(long position, int n) {
    return (int) Math.max(0, Math.min(n, position < 0 ? position + n : position));
  }

  private static List<Array> reshape(Call c) {
    Array x = c.in(0);
    int[] shape = c.in(1).ints();
    int known = 1;
    int open = -1;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 0 && !c.flag("allowzero")) {
        shape[i] = x.shape[i];
      }
      if (shape[i] == -1) {
        open = i;
      } else {
        known *= shape[i];
      }
    }
    if (open >= 0) {
      shape[open] = known == 0 ? 0 : x.size() / known;
    }
    return List.of(x.reshape(shape));
  }

  private static List<Array> flatten(Call c) {
    Array x = c.in(0);
    long axis = c.i("axis", 1);
    int at = (int) (axis < 0 ? axis + x.rank() : axis);
    return List.of(
        x.reshape(Indices.product(x.shape, 0, at), Indices.product(x.shape, at, x.rank())));
  }

  private static List<Array> squeeze(Call c) {
    Array x = c.in(0);
    boolean[] drop = new boolean[x.rank()];
    if (c.has(1)) {
      for (int axis : c.in(1).ints()) {
        drop[x.axis(axis)] = true;
      }
    } else {
      for (int i = 0; i < drop.length; i++) {
        drop[i] = x.shape[i] == 1;
      }
    }
    return List.of(
        x.reshape(
            IntStream.range(0, x.rank()).filter(i -> !drop[i]).map(i -> x.shape[i]).toArray()));
  }

  static int[] without(int[] shape, int axis) {
    return IntStream.range(0, shape.length).filter(i -> i != axis).map(i -> shape[i]).toArray();
  }

  private static List<Array> unsqueeze(Call c) {
    Array x = c.in(0);
    int[] axes = c.in(1).ints();
    int[] shape = new int[x.rank() + axes.length];
    for (int axis : axes) {
      shape[Indices.axis(axis, shape.length)] = 1;
    }
    int next = 0;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] == 1 ? 1 : x.shape[next++];
    }
    return List.of(x.reshape(shape));
  }

  private static List<Array> transpose(Call c) {
    Array x = c.in(0);
    long[] perm = c.attributes().ints("perm");
    int[] order =
        perm == null
            ? IntStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).toArray()
            : Arrays.stream(perm).mapToInt(Math::toIntExact).toArray();
    return List.of(transpose(x, order));
  }

  static Array transpose(Array x, int... order) {
    int[] strides = Indices.strides(x.shape);
    int[] shape = Arrays.stream(order).map(i -> x.shape[i]).toArray();
    int[] steps = Arrays.stream(order).map(i -> strides[i]).toArray();
    int[] positions = Indices.positions(shape, steps, 0);
    return x.pick(shape, i -> positions[i]);
  }

  static Array expand(Array x, int[] to) {
    int[] shape = Indices.broadcast(x.shape, to);
    int[] positions = Indices.broadcastPositions(x.shape, shape);
    return x.pick(shape, i -> positions[i]);
  }

  private static List<Array> concat(Call c) {
    List<Array> parts = IntStream.range(0, c.inputs().size()).mapToObj(c::in).toList();
    return List.of(concat(parts, parts.get(0).axis(c.i("axis", 0))));
  }

  static Array concat(List<Array> parts, int axis) {
    Array first = parts.get(0);
    int total = parts.stream().mapToInt(p -> p.shape[axis]).sum();
    Array out = Array.zeros(first.dtype, Indices.with(first.shape, axis, total));
    Indices.Split to = Indices.Split.at(out.shape, axis);
    int offset = 0;
    for (Array part : parts) {
      Indices.Split from = Indices.Split.at(part.shape, axis);
      for (int o = 0; o < from.outer(); o++) {
        for (int i = 0; i < from.size(); i++) {
          for (int k = 0; k < from.inner(); k++) {
            out.set(to.position(o, offset + i, k), part, from.position(o, i, k));
          }
        }
      }
      offset += from.size();
    }
    return out;
  }

  private static List<Array> split(Call c) {
    Array x = c.in(0);
    int axis = x.axis(c.i("axis", 0));
    int size = x.shape[axis];
    int parts = c.outputs().size();
    int[] sizes = new int[parts];
    if (c.has(1)) {
      sizes = c.in(1).ints();
    } else {
      int each = (size + parts - 1) / parts;
      for (int i = 0; i < parts; i++) {
        sizes[i] = Math.min(each, size - i * each);
      }
    }
    List<Array> out = new ArrayList<>();
    int offset = 0;
    for (int part : sizes) {
      out.add(part(x, axis, offset, part));
      offset += part;
    }
    return out;
  }

  /** The part {@code [from, from + size)} along one axis. */
  static Array part(Array x, int axis, int from, int size) {
    int[] strides = Indices.strides(x.shape);
    int[] shape = Indices.with(x.shape, axis, size);
    int[] positions = Indices.positions(shape, strides, from * strides[axis]);
    return x.pick(shape, i -> positions[i]);
  }

  private static List<Array> slice(Call c) {
    Array x = c.in(0);
    long[] starts = c.in(1).integers();
    long[] ends = c.in(2).integers();
    int[] axes = c.has(3) ? c.in(3).ints() : IntStream.range(0, starts.length).toArray();
    int[] shape = x.shape.clone();
    int[] steps = Indices.strides(x.shape);
    int start = 0;
    for (int i = 0; i < axes.length; i++) {
      int axis = x.axis(axes[i]);
      int size = x.shape[axis];
      long step = c.has(4) ? c.in(4).integer(i) : 1;
      // A backward slice may begin at the last element and end before the first.
      long low = step > 0 ? 0 : -1;
      long high = step > 0 ? size : size - 1;
      long from = clamp(starts[i] < 0 ? starts[i] + size : starts[i], step > 0 ? 0 : low, high);
      long to = clamp(ends[i] < 0 ? ends[i] + size : ends[i], low, high);
      shape[axis] = (int) Math.max(0, -Math.floorDiv(from - to, step));
      start += (int) from * steps[axis];
      steps[axis] *= (int) step;
    }
    int[] positions = Indices.positions(shape, steps, start);
    return List.of(x.pick(shape, i -> positions[i]));
  }

  private static long clamp(long v, long low, long high) {
    return Math.max(low, Math.min(high, v));
  }

  private static List<Array> pad(Call c) {
    Array x = c.in(0);
    int[] pads = c.in(1).ints();
    int[] axes = c.has(3) ? c.in(3).ints() : IntStream.range(0, x.rank()).toArray();
    int[] begin = new int[x.rank()];
    int[] shape = x.shape.clone();
    for (int i = 0; i < axes.length; i++) {
      int axis = x.axis(axes[i]);
      begin[axis] = pads[i];
      shape[axis] += pads[i] + pads[i + axes.length];
    }
    String mode = c.attributes().s("mode", "constant");
    return List.of(
        x.pick(
            shape,
            i -> {
              int[] at = Indices.coordinates(i, shape);
              for (int axis = 0; axis < at.length; axis++) {
                int source = padSource(mode, at[axis] - begin[axis], x.shape[axis]);
                if (source < 0) {
                  return -1;
                }
                at[axis] = source;
              }
              return Indices.position(at, x.shape);
            },
            c.optional(2)));
  }

  /**
   * Which of {@code n} elements stands at position {@code i}, which may be outside; -1 for none.
   */
  private static int padSource(String mode, int i, int n) {
    if (i >= 0 && i < n) {
      return i;
    }
    return switch (mode) {
      case "constant" -> -1;
      case "edge" -> i < 0 ? 0 : n - 1;
      case "wrap" -> Math.floorMod(i, n);
      case "reflect" -> {
        int period = Math.max(1, 2 * (n - 1));
        int p = Math.floorMod(i, period);
        yield p < n ? p : period - p;
      }
      default -> throw new IllegalArgumentException("there is no padding mode '" + mode + "'");
    };
  }

  private static List<Array> tile(Call c) {
    Array x = c.in(0);
    int[] repeats = c.in(1).ints();
    int[] shape = new int[x.rank()];
    Arrays.setAll(shape, i -> x.shape[i] * repeats[i]);
    return List.of(
        x.pick(
            shape,
            i -> {
              int[] at = Indices.coordinates(i, shape);
              Arrays.setAll(at, axis -> at[axis] % x.shape[axis]);
              return Indices.position(at, x.shape);
            }));
  }

  private static List<Array> constantOfShape(Call c) {
    HostTensor value = c.attributes().tensor("value");
    Array element = value == null ? Array.zeros(DType.FLOAT32, 1) : Array.of(value);
    return List.of(element.pick(c.in(0).ints(), i -> 0));
  }

  private static List<Array> eyeLike(Call c) {
    int[] shape = c.in(0).shape;
    double[] out = new double[Indices.size(shape)];
    long k = c.i("k", 0);
    for (int row = 0; row < shape[0]; row++) {
      long column = row + k;
      if (column >= 0 && column < shape[1]) {
        out[row * shape[1] + (int) column] = 1;
      }
    }
    return List.of(Array.of(c.dtype(0), shape, out));
  }

  private static List<Array> range(Call c) {
    Array start = c.in(0);
    double step = c.in(2).real(0);
    int n = (int) Math.max(0, Math.ceil((c.in(1).real(0) - start.real(0)) / step));
    double[] out = new double[n];
    Arrays.setAll(out, i -> start.real(0) + i * step);
    return List.of(Array.of(start.dtype, new int[] {n}, out));
  }

  private static List<Array> trilu(Call c) {
    Array x = c.in(0);
    long k = c.has(1) ? c.in(1).integer(0) : 0;
    boolean upper = c.i("upper", 1) != 0;
    int rows = x.dim(-2);
    int columns = x.dim(-1);
    return List.of(
        x.pick(
            x.shape,
            i -> {
              int column = i % columns;
              int row = i / columns % rows;
              boolean kept = upper ? column - row >= k : column - row <= k;
              return kept ? i : -1;
            }));
  }

  private static List<Array> depthToSpace(Call c) {
    Array x = c.in(0);
    int b = (int) c.i("blocksize", 1);
    int n = x.shape[0];
    int depth = x.shape[1] / (b * b);
    int h = x.shape[2];
    int w = x.shape[3];
    boolean columnFirst = c.attributes().s("mode", "DCR").equals("CRD");
    Array blocks = columnFirst ? x.reshape(n, depth, b, b, h, w) : x.reshape(n, b, b, depth, h, w);
    Array moved =
        columnFirst ? transpose(blocks, 0, 1, 4, 2, 5, 3) : transpose(blocks, 0, 3, 4, 1, 5, 2);
    return List.of(moved.reshape(n, depth, h * b, w * b));
  }

  private static List<Array> spaceToDepth(Call c) {
    Array x = c.in(0);
    int b = (int) c.i("blocksize", 1);
    int n = x.shape[0];
    int depth = x.shape[1];
    int h = x.shape[2] / b;
    int w = x.shape[3] / b;
    boolean columnFirst = c.attributes().s("mode", "DCR").equals("CRD");
    Array blocks = x.reshape(n, depth, h, b, w, b);
    Array moved =
        columnFirst ? transpose(blocks, 0, 1, 3, 5, 2, 4) : transpose(blocks, 0, 3, 5, 1, 2, 4);
    return List.of(moved.reshape(n, depth * b * b, h, w));
  }
}
