package dev.graft.backend.tensorflow;

import static dev.graft.backend.tensorflow.TensorFlowOperators.both;
import static dev.graft.backend.tensorflow.TensorFlowOperators.constants;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Output;

/** Operators that move, cut, join or describe tensors. */
final class ShapeTranslations {
  private ShapeTranslations() {}

  static void register(TensorFlowOperators rows) {
    for (String view : new String[] {"Reshape", "Flatten", "Unsqueeze", "Squeeze"}) {
      rows.expression(
          view, TensorFlowOperators::dynamic, e -> e.reshape(e.in(0), e.outputSizes(0)));
    }
    rows.add("Transpose", ShapeTranslations::transpose);
    rows.expression(
        "Expand",
        TensorFlowOperators::dynamic,
        e -> withShape(e, "BroadcastTo", e.in(0), e.outputSizes(0)));
    rows.expression(
        "Tile", constants(1), e -> withShape(e, "Tile", e.in(0), e.constant(1).toLongs()));
    rows.add("Concat", ShapeTranslations::concat);
    rows.add("Split", TensorFlowOperators::dynamic, ShapeTranslations::split);
    rows.add(
        "Slice",
        both(constants(1, 2, 3, 4), TensorFlowOperators::dynamic),
        ShapeTranslations::slice);
    rows.add("Pad", both(constants(1, 3), TensorFlowOperators::dynamic), ShapeTranslations::pad);
    rows.expression(
        "Trilu", both(constants(1), TensorFlowOperators::dynamic), ShapeTranslations::triangle);
    rows.expression(
        "ReverseSequence", TensorFlowOperators::dynamic, ShapeTranslations::reverseSequence);

    rows.expression("Shape", TensorFlowOperators::dynamic, ShapeTranslations::shape);
    rows.expression(
        "Size",
        TensorFlowOperators::dynamic,
        e -> e.constant(HostTensor.scalar(e.type(0).shape().elements())));
    rows.expression("Range", ShapeTranslations::range);
    rows.expression("ConstantOfShape", TensorFlowOperators::dynamic, ShapeTranslations::filled);
    rows.expression("EyeLike", TensorFlowOperators::dynamic, ShapeTranslations::eye);
    rows.expression("NonZero", e -> e.transpose(e.call("Where", e.in(0)), 1, 0));
  }

  /** An operation with a tensor and a shape, whose kernels lack some small integers. */
  private static Output<?> withShape(Emission e, String kind, Output<?> value, long[] sizes) {
    DType given = GraphWriter.dtype(value);
    Output<?> wide = e.cast(value, Emission.computed(kind, given));
    return e.cast(e.operation(kind, wide, e.ints(sizes)).build().output(0), given);
  }

  private static long clamp(long position, long length) {
    return Math.max(0, Math.min(length, position < 0 ? position + length : position));
  }

  private static Output<?> shape(Emission e) {
    long[] sizes = e.sizes(0);
    int start = (int) clamp(e.attributes().i("start", 0), sizes.length);
    int end = (int) clamp(e.attributes().i("end", sizes.length), sizes.length);
    return e.constant(HostTensor.vector(Arrays.copyOfRange(sizes, start, Math.max(start, end))));
  }

  /** From channels last the two moves become one. */
  private static void transpose(Emission e) {
    int rank = e.rank();
    long[] reversed = new long[rank];
    Arrays.setAll(reversed, i -> rank - 1 - i);
    long[] perm = e.attributes().ints("perm", reversed);
    if (!e.type(0).shape().isStatic()) {
      e.outRows(0, e.transpose(e.rows(0), perm));
    } else if (e.prefersChannelsLast(0)) {
      long[] toRows = GraphWriter.toRows(rank);
      long[] composed = Arrays.stream(perm).map(p -> toRows[(int) p]).toArray();
      e.outRows(0, e.moved(e.channelsLast(0), GraphWriter.outermost(e.sizes(0)), composed));
    } else {
      e.outRows(0, e.moved(e.rows(0), e.sizes(0), perm));
    }
  }

  private static void concat(Emission e) {
    int axis = e.axis("axis", 0);
    if (IntStream.range(0, e.inputs()).anyMatch(e::prefersChannelsLast)) {
      e.useChannelsLast();
    }
    e.out(0, e.concat((int) e.place(axis, e.rank()), e.all()));
  }

  private static void split(Emission e) {
    int axis = e.axis("axis", 0);
    if (e.prefersChannelsLast(0)) {
      e.useChannelsLast();
    }
    int place = (int) e.place(axis, e.rank());
    long start = 0;
    for (int i = 0; e.wants(i) || i == 0; i++) {
      long[] sizes = e.outputSizes(i);
      long[] begin = new long[sizes.length];
      begin[place] = start;
      start += sizes[axis];
      e.out(i, e.slice(e.in(0), begin, ordered(e, sizes)));
    }
  }

  private static long[] ordered(Emission e, long[] sizes) {
    return e.isChannelsLast() ? GraphWriter.outermost(sizes) : sizes;
  }

  private static void slice(Emission e) {
    int rank = e.rank();
    if (e.prefersChannelsLast(0)) {
      e.useChannelsLast();
    }
    long[] begin = new long[rank];
    long[] end = ordered(e, e.sizes(0)).clone();
    long[] steps = new long[rank];
    Arrays.fill(steps, 1);
    long untilFront = 0;
    long[] starts = e.constant(1).toLongs();
    long[] ends = e.constant(2).toLongs();
    for (int i = 0; i < starts.length; i++) {
      int axis = e.has(3) ? e.type(0).shape().axis(e.constant(3).getLong(i)) : i;
      int at = (int) e.place(axis, rank);
      long size = e.sizes(0)[axis];
      steps[at] = e.has(4) ? e.constant(4).getLong(i) : 1;
      if (steps[at] > 0) {
        begin[at] = clamp(starts[i], size);
        end[at] = Math.max(begin[at], clamp(ends[i], size));
      } else {
        begin[at] = Math.max(0, Math.min(size - 1, starts[i] < 0 ? starts[i] + size : starts[i]));
        long last = ends[i] < 0 ? ends[i] + size : Math.min(ends[i], size - 1);
        end[at] = Math.max(0, last);
        // Beyond the front stands for "to the very first element".
        untilFront |= last < 0 ? 1L << at : 0;
      }
      // Few steps are more than the whole axis; TensorFlow wants them in 32 bits.
      steps[at] = Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, steps[at]));
    }
    e.out(
        0,
        e.operation("StridedSlice", e.in(0), e.ints(begin), e.ints(end), e.ints(steps))
            .setAttr("end_mask", untilFront)
            .build()
            .output(0));
  }

  private static void pad(Emission e) {
    int rank = e.rank();
    if (e.prefersChannelsLast(0)) {
      e.useChannelsLast();
    }
    long[] given = e.constant(1).toLongs();
    int n = given.length / 2;
    long[] before = new long[rank];
    long[] after = new long[rank];
    for (int i = 0; i < n; i++) {
      int axis = e.has(3) ? e.type(0).shape().axis(e.constant(3).getLong(i)) : i;
      int at = (int) e.place(axis, rank);
      before[at] = given[i];
      after[at] = given[n + i];
    }
    long[] sizes = ordered(e, e.sizes(0));
    String mode = e.attributes().s("mode", "constant");
    DType computed = Emission.computed("PadV2", e.dtype());
    Output<?> value = e.cast(e.in(0), computed);
    if (mode.equals("constant")) {
      Output<?> fill = e.has(2) ? e.cast(e.reshape(e.rows(2)), computed) : e.number(value, 0);
      e.out(0, Padding.pad(e, value, sizes, before, after, fill));
      return;
    }
    for (int axis = 0; axis < rank; axis++) {
      if (before[axis] != 0 || after[axis] != 0) {
        value = mirrored(e, value, axis, before[axis], sizes[axis], after[axis], mode);
      }
    }
    e.out(0, value);
  }

  /** Chooses the elements along one axis by index. */
  private static Output<?> mirrored(
      Emission e, Output<?> value, int axis, long before, long size, long after, String mode) {
    long[] indices = new long[(int) (before + size + after)];
    Arrays.setAll(indices, i -> source(mode, i - before, size));
    return e.operation("GatherV2", value, e.ints(indices), e.number(axis)).build().output(0);
  }

  /** Where the element at a padded position comes from. */
  private static long source(String mode, long position, long size) {
    return switch (mode) {
      case "edge" -> Math.max(0, Math.min(size - 1, position));
      case "wrap" -> Math.floorMod(position, size);
      default -> {
        long period = Math.max(1, 2 * (size - 1));
        long folded = Math.floorMod(position, period);
        yield Math.min(folded, period - folded) % size;
      }
    };
  }

  private static Output<?> triangle(Emission e) {
    long k = e.has(1) ? e.constant(1).getLong(0) : 0;
    boolean upper = e.attributes().i("upper", 1) == 1;
    long height = e.sizes(0)[e.rank() - 2];
    long width = e.sizes(0)[e.rank() - 1];
    HostTensor mask =
        HostTensor.fromLongs(
            TensorType.of(DType.BOOL, height, width),
            i -> {
              long diagonal = i % width - i / width;
              return (upper ? diagonal >= k : diagonal <= k) ? 1 : 0;
            });
    Output<?> x = e.in(0);
    return e.operation("SelectV2", e.constant(mask), x, e.number(x, 0)).build().output(0);
  }

  private static Output<?> reverseSequence(Emission e) {
    return e.operation("ReverseSequence", e.in(0), e.cast(e.in(1), DType.INT64))
        .setAttr("seq_dim", e.attributes().i("time_axis", 0))
        .setAttr("batch_dim", e.attributes().i("batch_axis", 1))
        .build()
        .output(0);
  }

  private static Output<?> range(Emission e) {
    DType computed =
        switch (e.dtype()) {
          case INT8, INT16, UINT8, UINT16 -> DType.INT32;
          case UINT32, UINT64 -> DType.INT64;
          case FLOAT16, BFLOAT16 -> DType.FLOAT32;
          default -> e.dtype();
        };
    List<Output<?>> bounds =
        e.all().stream().<Output<?>>map(b -> e.cast(e.reshape(b), computed)).toList();
    return e.operation("Range", bounds.toArray(Output<?>[]::new)).build().output(0);
  }

  private static Output<?> filled(Emission e) {
    HostTensor value = e.attributes().tensor("value");
    HostTensor element =
        value == null
            ? HostTensor.full(TensorType.of(e.outputType(0).dtype()), 0)
            : value.reshape();
    return withShape(e, "BroadcastTo", e.constant(element), e.outputSizes(0));
  }

  private static Output<?> eye(Emission e) {
    long k = e.attributes().i("k", 0);
    long columns = e.outputSizes(0)[1];
    return e.constant(
        HostTensor.fromDoubles(e.outputType(0), i -> i % columns == i / columns + k ? 1 : 0));
  }
}
