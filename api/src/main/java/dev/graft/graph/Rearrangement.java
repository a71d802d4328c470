package dev.graft.graph;

import dev.graft.graph.ops.Slicing;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where the elements of an output come from, for operators that only move elements of their first
 * input: one row-major index into the input per element of the output.
 */
final class Rearrangement {
  private Rearrangement() {}

  /**
   * The sources of output {@code k}; empty if the operator does not just move elements, or moves
   * them to places that are not known.
   */
  static Optional<int[]> of(NodeContext node, int k, Shape output) {
    Shape input = node.type(0).shape();
    return switch (node.operator().name()) {
      case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze" ->
          Optional.of(indices(output, at -> offset(output, at)));
      case "Expand" -> Optional.of(broadcast(input, output));
      case "Tile" -> Optional.of(indices(output, at -> offset(input, wrapped(at, input))));
      case "Transpose" -> Optional.of(transposed(node, input, output));
      case "Split" -> split(node, k, input, output);
      case "Slice" -> Slicing.ranges(node).flatMap(r -> sliced(r, input, output));
      case "Gather" -> node.longs(1).map(i -> gathered(node, i, input, output));
      case "GatherElements" -> node.longs(1).map(i -> picked(node, i, input, output));
      default -> Optional.empty();
    };
  }

  /** The sources of an output that the input is broadcast to. */
  static int[] broadcast(Shape input, Shape output) {
    int lead = output.rank() - input.rank();
    return indices(
        output,
        at -> {
          long[] source = Arrays.copyOfRange(at, lead, at.length);
          return offset(input, wrapped(source, input));
        });
  }

  private static int[] transposed(NodeContext node, Shape input, Shape output) {
    long[] perm = node.attributes().ints("perm");
    return indices(
        output,
        at -> {
          long[] source = new long[at.length];
          for (int i = 0; i < at.length; i++) {
            source[perm == null ? at.length - 1 - i : (int) perm[i]] = at[i];
          }
          return offset(input, source);
        });
  }

  private static Optional<int[]> split(NodeContext node, int k, Shape input, Shape output) {
    int axis = Slicing.splitAxis(node);
    long start = 0;
    for (Dim part : Slicing.parts(node).subList(0, k)) {
      if (!part.isFixed()) {
        return Optional.empty();
      }
      start += part.size();
    }
    long first = start;
    return Optional.of(
        indices(
            output,
            at -> {
              long[] source = at.clone();
              source[axis] += first;
              return offset(input, source);
            }));
  }

  private static Optional<int[]> sliced(List<Slicing.Range> ranges, Shape input, Shape output) {
    long[] starts = new long[input.rank()];
    long[] steps = new long[input.rank()];
    Arrays.fill(steps, 1);
    for (Slicing.Range range : ranges) {
      if (!range.start().isFixed()) {
        return Optional.empty();
      }
      starts[range.axis()] = range.start().size();
      steps[range.axis()] = range.step();
    }
    return Optional.of(
        indices(
            output,
            at -> {
              long[] source = new long[at.length];
              Arrays.setAll(source, i -> starts[i] + at[i] * steps[i]);
              return offset(input, source);
            }));
  }

  private static int[] gathered(NodeContext node, long[] chosen, Shape input, Shape output) {
    int axis = input.axis(node.attributes().i("axis", 0));
    Shape indices = node.type(1).shape();
    return indices(
        output,
        at -> {
          long[] place = Arrays.copyOfRange(at, axis, axis + indices.rank());
          long index = chosen[offset(indices, place)];
          long[] source = new long[input.rank()];
          System.arraycopy(at, 0, source, 0, axis);
          source[axis] = index < 0 ? index + input.dim(axis).size() : index;
          System.arraycopy(at, axis + indices.rank(), source, axis + 1, input.rank() - axis - 1);
          return offset(input, source);
        });
  }

  /** An element of one of several inputs. */
  record Element(int input, int index) {}

  /** The sources of a {@code Concat}. */
  static List<Element> joined(NodeContext node, Shape output) {
    int axis = output.axis(node.attributes().i("axis", 0));
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < output.elements(); i++) {
      long[] at = coordinates(output, i);
      int input = 0;
      while (at[axis] >= node.type(input).shape().dim(axis).size()) {
        at[axis] -= node.type(input).shape().dim(axis).size();
        input++;
      }
      elements.add(new Element(input, offset(node.type(input).shape(), at)));
    }
    return elements;
  }

  private static int[] picked(NodeContext node, long[] chosen, Shape input, Shape output) {
    int axis = input.axis(node.attributes().i("axis", 0));
    return indices(
        output,
        at -> {
          long index = chosen[offset(output, at)];
          long[] source = at.clone();
          source[axis] = index < 0 ? index + input.dim(axis).size() : index;
          return offset(input, source);
        });
  }

  private interface Source {
    int at(long[] coordinates);
  }

  private static int[] indices(Shape output, Source source) {
    int[] result = new int[Math.toIntExact(output.elements())];
    for (int i = 0; i < result.length; i++) {
      result[i] = source.at(coordinates(output, i));
    }
    return result;
  }

  private static long[] coordinates(Shape shape, int index) {
    long[] at = new long[shape.rank()];
    long rest = index;
    for (int i = at.length - 1; i >= 0; i--) {
      at[i] = rest % shape.dim(i).size();
      rest /= shape.dim(i).size();
    }
    return at;
  }

  private static int offset(Shape shape, long[] coordinates) {
    long offset = 0;
    for (int i = 0; i < coordinates.length; i++) {
      offset = offset * shape.dim(i).size() + coordinates[i];
    }
    return Math.toIntExact(offset);
  }

  private static long[] wrapped(long[] coordinates, Shape shape) {
    long[] wrapped = new long[coordinates.length];
    Arrays.setAll(wrapped, i -> coordinates[i] % shape.dim(i).size());
    return wrapped;
  }
}
