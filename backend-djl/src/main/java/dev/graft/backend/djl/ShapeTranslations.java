package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.list;
import static dev.graft.backend.djl.Emission.number;
import static dev.graft.backend.djl.TorchOperators.constants;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Operators that move, cut, join or describe tensors. Shapes are fixed, so most are views. */
final class ShapeTranslations {
  private ShapeTranslations() {}

  static void register(TorchOperators rows) {
    for (String view : new String[] {"Reshape", "Flatten", "Unsqueeze"}) {
      rows.expression(
          view, TorchOperators::dynamic, e -> Emission.reshape(e.in(0), e.outputSizes(0)));
    }
    rows.expression("Squeeze", constants(1), ShapeTranslations::squeeze);
    rows.expression("ReverseSequence", constants(1), ShapeTranslations::reverseSequence);
    rows.expression("Transpose", ShapeTranslations::transpose);
    rows.expression(
        "Expand", TorchOperators::dynamic, e -> call("expand", e.in(0), list(e.outputSizes(0))));
    rows.expression(
        "Tile", constants(1), e -> call("tile", e.in(0), list(e.constant(1).toLongs())));
    rows.expression(
        "Concat", e -> call("cat", "[" + String.join(", ", e.all()) + "]", e.axis("axis", 0)));
    rows.add("Split", TorchOperators::dynamic, ShapeTranslations::split);
    rows.expression("Slice", constants(1, 2, 3, 4), ShapeTranslations::slice);
    rows.expression("Pad", constants(1, 3), ShapeTranslations::pad);
    rows.expression("Trilu", constants(1), ShapeTranslations::trilu);
    rows.expression("DepthToSpace", ShapeTranslations::depthToSpace);
    rows.expression("SpaceToDepth", ShapeTranslations::spaceToDepth);

    rows.expression(
        "Shape",
        TorchOperators::dynamic,
        e -> {
          long[] sizes = e.sizes(0);
          long start = clamp(e.attributes().i("start", 0), sizes.length);
          long end = clamp(e.attributes().i("end", sizes.length), sizes.length);
          return e.constant(
              HostTensor.vector(
                  Arrays.copyOfRange(sizes, (int) start, (int) Math.max(start, end))));
        });
    rows.expression(
        "Size",
        TorchOperators::dynamic,
        e -> e.constant(HostTensor.scalar(e.type(0).shape().elements())));
    rows.expression("Range", ShapeTranslations::range);
    rows.expression("ConstantOfShape", TorchOperators::dynamic, ShapeTranslations::filled);
    rows.expression("EyeLike", TorchOperators::dynamic, ShapeTranslations::eye);
    rows.expression("NonZero", e -> call("t", call("nonzero", e.in(0))));
  }

  private static long clamp(long position, long length) {
    return Math.max(0, Math.min(length, position < 0 ? position + length : position));
  }

  private static String transpose(Emission e) {
    long[] reversed = new long[e.rank()];
    Arrays.setAll(reversed, i -> reversed.length - 1 - i);
    return call("permute", e.in(0), list(e.attributes().ints("perm", reversed)));
  }

  private static void split(Emission e) {
    int axis = e.axis("axis", 0);
    long start = 0;
    for (int i = 0; e.wants(i) || i == 0; i++) {
      long size = e.outputSizes(i)[axis];
      e.out(i, call("narrow", e.in(0), axis, start, size));
      start += size;
    }
  }

  private static String slice(Emission e) {
    long[] starts = e.constant(1).toLongs();
    long[] ends = e.constant(2).toLongs();
    String value = e.in(0);
    for (int i = 0; i < starts.length; i++) {
      int axis = e.has(3) ? e.type(0).shape().axis(e.constant(3).getLong(i)) : i;
      long step = e.has(4) ? e.constant(4).getLong(i) : 1;
      long size = e.sizes(0)[axis];
      if (step > 0) {
        long start = clamp(starts[i], size);
        value = call("slice", value, axis, start, Math.max(start, clamp(ends[i], size)), step);
      } else {
        value = backwards(e, value, axis, starts[i], ends[i], step);
      }
    }
    return value;
  }

  /** PyTorch has no negative steps: the elements are chosen by index. */
  private static String backwards(
      Emission e, String value, int axis, long start, long end, long step) {
    long size = e.sizes(0)[axis];
    long first = Math.min(size - 1, start < 0 ? start + size : start);
    // Beyond the front stands for "to the very first element".
    long last = end < -size ? -1 : end < 0 ? end + size : Math.min(end, size - 1);
    long count = Math.max(0, (first - last - step - 1) / -step);
    long[] indices = new long[(int) count];
    Arrays.setAll(indices, i -> first + i * step);
    return call("index_select", value, axis, e.constant(HostTensor.vector(indices)));
  }

  private static String pad(Emission e) {
    long[] given = e.constant(1).toLongs();
    int n = given.length / 2;
    long[] before = new long[e.rank()];
    long[] after = new long[e.rank()];
    for (int i = 0; i < n; i++) {
      int axis = e.has(3) ? e.type(0).shape().axis(e.constant(3).getLong(i)) : i;
      before[axis] = given[i];
      after[axis] = given[n + i];
    }
    String mode = e.attributes().s("mode", "constant");
    if (mode.equals("constant")) {
      return constantPad(e, before, after);
    }
    String value = e.in(0);
    for (int axis = 0; axis < e.rank(); axis++) {
      if (before[axis] != 0 || after[axis] != 0) {
        long size = e.sizes(0)[axis];
        long[] indices = new long[(int) (before[axis] + size + after[axis])];
        long lead = before[axis];
        Arrays.setAll(indices, i -> source(mode, i - lead, size));
        value = call("index_select", value, axis, e.constant(HostTensor.vector(indices)));
      }
    }
    return value;
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

  private static String constantPad(Emission e, long[] before, long[] after) {
    long[] pads = new long[2 * e.rank()];
    for (int i = 0; i < e.rank(); i++) {
      // The last axis comes first.
      pads[2 * i] = before[e.rank() - 1 - i];
      pads[2 * i + 1] = after[e.rank() - 1 - i];
    }
    if (!e.has(2)) {
      return call("constant_pad_nd", e.in(0), list(pads), 0);
    }
    if (e.isConstant(2)) {
      return call("constant_pad_nd", e.in(0), list(pads), scalar(e.constant(2)));
    }
    // A value known only at run time goes where a mask of ones has been padded with zeros.
    String mask =
        call(
            "constant_pad_nd",
            call("ones_like", e.in(0), "dtype=" + Emission.dtype(DType.BOOL)),
            list(pads),
            0);
    return call("where", mask, call("constant_pad_nd", e.in(0), list(pads), 0), e.in(2));
  }

  static String scalar(HostTensor value) {
    return value.dtype().isFloating()
        ? number(value.getDouble(0))
        : Long.toString(value.getLong(0));
  }

  private static String squeeze(Emission e) {
    long[] axes =
        e.has(1)
            ? e.constant(1).toLongs()
            : LongStream.range(0, e.rank()).filter(i -> e.sizes(0)[(int) i] == 1).toArray();
    return call("squeeze", e.in(0), list(axes));
  }

  private static String range(Emission e) {
    String type = "dtype=" + Emission.dtype(e.outputType(0).dtype());
    return call(
        "arange",
        bound(e, 0),
        bound(e, 1),
        bound(e, 2),
        type,
        "layout=None",
        "device=None",
        "pin_memory=None");
  }

  private static String bound(Emission e, int i) {
    return e.isConstant(i) ? scalar(e.constant(i)) : call("item", e.in(i));
  }

  /** Each position of the result is chosen by index along the time axis. */
  private static String reverseSequence(Emission e) {
    int time = (int) e.attributes().i("time_axis", 0);
    int batch = (int) e.attributes().i("batch_axis", 1);
    long[] sizes = e.sizes(0);
    long[] lengths = e.constant(1).toLongs();
    long[] inner = new long[sizes.length];
    inner[sizes.length - 1] = 1;
    for (int i = sizes.length - 2; i >= 0; i--) {
      inner[i] = inner[i + 1] * sizes[i + 1];
    }
    HostTensor source =
        HostTensor.fromLongs(
            e.type(0).withDType(DType.INT64),
            i -> {
              long step = i / inner[time] % sizes[time];
              long length = lengths[(int) (i / inner[batch] % sizes[batch])];
              return step < length ? length - 1 - step : step;
            });
    return call("gather", e.in(0), time, e.constant(source));
  }

  private static String trilu(Emission e) {
    long k = e.has(1) ? e.constant(1).getLong(0) : 0;
    return call(e.attributes().i("upper", 1) == 1 ? "triu" : "tril", e.in(0), k);
  }

  private static String depthToSpace(Emission e) {
    long[] s = e.sizes(0);
    long b = e.attributes().i("blocksize", 1);
    long c = s[1] / (b * b);
    boolean dcr = e.attributes().s("mode", "DCR").equals("DCR");
    String split =
        dcr
            ? Emission.reshape(e.in(0), s[0], b, b, c, s[2], s[3])
            : Emission.reshape(e.in(0), s[0], c, b, b, s[2], s[3]);
    String moved = call("permute", split, dcr ? list(0, 3, 4, 1, 5, 2) : list(0, 1, 4, 2, 5, 3));
    return Emission.reshape(moved, e.outputSizes(0));
  }

  private static String spaceToDepth(Emission e) {
    long[] s = e.sizes(0);
    long b = e.attributes().i("blocksize", 1);
    String split = Emission.reshape(e.in(0), s[0], s[1], s[2] / b, b, s[3] / b, b);
    boolean dcr = e.attributes().s("mode", "DCR").equals("DCR");
    String moved = call("permute", split, dcr ? list(0, 3, 5, 1, 2, 4) : list(0, 1, 3, 5, 2, 4));
    return Emission.reshape(moved, e.outputSizes(0));
  }

  private static String filled(Emission e) {
    HostTensor value = e.attributes().tensor("value");
    DType dtype = e.outputType(0).dtype();
    String element =
        value == null
            ? "0"
            : dtype == DType.BOOL ? Emission.bool(value.getLong(0) != 0) : scalar(value);
    return call("full", list(e.outputSizes(0)), element, "dtype=" + Emission.dtype(dtype));
  }

  private static String eye(Emission e) {
    long k = e.attributes().i("k", 0);
    long columns = e.outputSizes(0)[1];
    return e.constant(
        HostTensor.fromDoubles(e.outputType(0), i -> i % columns == i / columns + k ? 1 : 0));
  }
}
