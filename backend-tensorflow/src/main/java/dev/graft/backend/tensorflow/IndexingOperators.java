package dev.graft.backend.tensorflow;

import static dev.graft.backend.tensorflow.TensorFlowOperators.both;
import static dev.graft.backend.tensorflow.TensorFlowOperators.constants;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Output;

/**
 * Gather, scatter, one-hot and their gradients. TensorFlow counts indices from the front only, so
 * negative ones are turned round; what lies outside stays outside, and is an error.
 */
final class IndexingOperators {
  private IndexingOperators() {}

  static void register(TensorFlowOperators rows) {
    rows.expression("Gather", TensorFlowOperators::dynamic, IndexingOperators::gather);
    rows.expression("GatherGradient", IndexingOperators::firstAxis, IndexingOperators::sumRows);
    rows.expression(
        "GatherElements",
        TensorFlowOperators::dynamic,
        e -> take(e, e.reshape(e.in(0), -1), elements(e), e.outputSizes(0)));
    rows.expression(
        "ScatterElements", TensorFlowOperators::dynamic, e -> scatter(e, 1, elements(e)));
    rows.expression("GatherND", TensorFlowOperators::dynamic, IndexingOperators::gatherNd);
    rows.expression("ScatterND", TensorFlowOperators::dynamic, IndexingOperators::scatterNd);
    rows.expression(
        "OneHot", both(constants(1), TensorFlowOperators::dynamic), IndexingOperators::oneHot);
  }

  /** The indices as 64-bit integers in which negative ones count from the front. */
  private static Output<?> wrapped(Emission e, Output<?> indices, long size) {
    Output<?> i = e.cast(indices, DType.INT64);
    Output<?> front = e.call("AddV2", i, e.number(i, size));
    Output<?> negative = e.call("Less", i, e.number(i, 0));
    return e.operation("SelectV2", negative, front, i).build().output(0);
  }

  private static Output<?> wrapped(Emission e, int input, long size) {
    HostTensor given = e.known(input);
    if (given == null) {
      return wrapped(e, e.in(input), size);
    }
    return e.constant(
        HostTensor.fromLongs(
            given.type().withDType(DType.INT64),
            i -> given.getLong(i) < 0 ? given.getLong(i) + size : given.getLong(i)));
  }

  private static Output<?> gather(Emission e) {
    int axis = e.axis("axis", 0);
    return e.operation("GatherV2", e.in(0), wrapped(e, 1, e.sizes(0)[axis]), e.number(axis))
        .build()
        .output(0);
  }

  private static @Nullable String firstAxis(NodeSignature node, boolean bound) {
    long rank = node.attributes().ints("input_shape", new long[0]).length;
    long axis = node.attributes().i("axis", 0);
    return axis == 0 || axis == -rank
        ? TensorFlowOperators.dynamic(node, bound)
        : "another axis than the first";
  }

  private static Output<?> sumRows(Emission e) {
    long[] shape = e.outputSizes(0);
    Output<?> indices = e.reshape(wrapped(e, 1, shape[0]), -1);
    long[] merged = shape.clone();
    merged[0] = e.type(1).shape().elements();
    return e.operation(
            "UnsortedSegmentSum", e.reshape(e.in(0), merged), indices, e.number((int) shape[0]))
        .build()
        .output(0);
  }

  private static Output<?> take(Emission e, Output<?> table, Output<?> places, long[] shape) {
    Output<?> chosen = e.operation("GatherV2", table, places, e.number(0)).build().output(0);
    return e.reshape(chosen, shape);
  }

  /** The flat position in input 0 that each index of input 1 along the axis stands for. */
  private static Output<?> elements(Emission e) {
    int axis = e.axis("axis", 0);
    long[] data = e.sizes(0);
    long[] at = e.sizes(1);
    long stride = product(data, axis + 1, data.length);
    HostTensor others =
        HostTensor.fromLongs(
            TensorType.of(DType.INT64, at),
            k -> {
              long rest = k;
              long offset = 0;
              for (int i = at.length - 1; i >= 0; i--) {
                long coordinate = rest % at[i];
                rest /= at[i];
                offset += i == axis ? 0 : coordinate * product(data, i + 1, data.length);
              }
              return offset;
            });
    Output<?> along = wrapped(e, 1, data[axis]);
    Output<?> scaled = e.call("Mul", along, e.number(along, stride));
    return e.reshape(e.call("AddV2", scaled, e.constant(others)), -1);
  }

  /** The row of a flattened input 0 that each tuple of indices stands for. */
  private static Output<?> tuples(Emission e, int batchDims) {
    long[] data = e.sizes(0);
    long[] shape = e.sizes(1);
    int depth = (int) shape[shape.length - 1];
    long[] strides = new long[depth];
    long[] limits = new long[depth];
    Arrays.setAll(limits, i -> data[batchDims + i]);
    Arrays.setAll(strides, i -> product(data, batchDims + i + 1, batchDims + depth));
    Output<?> index = e.cast(e.in(1), DType.INT64);
    Output<?> front = e.call("AddV2", index, e.constant(HostTensor.vector(limits)));
    Output<?> negative = e.call("Less", index, e.number(index, 0));
    Output<?> wrapped = e.operation("SelectV2", negative, front, index).build().output(0);
    Output<?> parts = e.call("Mul", wrapped, e.constant(HostTensor.vector(strides)));
    Output<?> position = e.operation("Sum", parts, e.ints(shape.length - 1)).build().output(0);
    long batches = product(data, 0, batchDims);
    long inner = product(data, batchDims, batchDims + depth);
    long[] offsets = new long[(int) batches];
    Arrays.setAll(offsets, i -> i * inner);
    long perBatch = product(shape, batchDims, shape.length - 1);
    Output<?> flat = e.reshape(position, batches, perBatch);
    Output<?> whole = e.call("AddV2", flat, e.constant(HostTensor.of(offsets, batches, 1)));
    return e.reshape(whole, -1);
  }

  private static long product(long[] sizes, int from, int to) {
    return Arrays.stream(sizes, from, to).reduce(1, (a, b) -> a * b);
  }

  private static Output<?> gatherNd(Emission e) {
    int batchDims = (int) e.attributes().i("batch_dims", 0);
    int indexed = batchDims + (int) e.sizes(1)[e.type(1).rank() - 1];
    long[] data = e.sizes(0);
    long[] table = {product(data, 0, indexed), product(data, indexed, data.length)};
    return take(e, e.reshape(e.in(0), table), tuples(e, batchDims), e.outputSizes(0));
  }

  private static Output<?> scatterNd(Emission e) {
    int depth = (int) e.sizes(1)[e.type(1).rank() - 1];
    return scatter(e, product(e.sizes(0), depth, e.rank()), tuples(e, 0));
  }

  /** Writes rows of some width at places of the flattened input 0. */
  private static Output<?> scatter(Emission e, long width, Output<?> places) {
    String reduction = e.attributes().s("reduction", "none");
    long rows = e.type(0).shape().elements() / Math.max(1, width);
    long count = e.type(2).shape().elements() / Math.max(1, width);
    Output<?> table = e.reshape(e.in(0), rows, width);
    Output<?> updates = e.reshape(e.in(2), count, width);
    String kind =
        switch (reduction) {
          case "none" -> "TensorScatterUpdate";
          case "add" -> "TensorScatterAdd";
          case "max" -> "TensorScatterMax";
          case "min" -> "TensorScatterMin";
          default -> "UnsortedSegmentProd";
        };
    DType computed = Emission.computed(kind, e.dtype());
    table = e.cast(table, computed);
    updates = e.cast(updates, computed);
    Output<?> result;
    if (reduction.equals("mul")) {
      Output<?> factors =
          e.operation(kind, updates, places, e.number((int) rows)).build().output(0);
      result = e.call("Mul", table, factors);
    } else {
      result = e.operation(kind, table, e.reshape(places, count, 1), updates).build().output(0);
    }
    return e.reshape(e.cast(result, e.dtype()), e.sizes(0));
  }

  private static Output<?> oneHot(Emission e) {
    int depth = (int) e.constant(1).getDouble(0);
    int rank = e.outputType(0).rank();
    long axis = Math.floorMod(e.attributes().i("axis", -1), (long) rank);
    Output<?> off = e.reshape(e.slice(e.in(2), new long[] {0}, new long[] {1}));
    Output<?> on = e.reshape(e.slice(e.in(2), new long[] {1}, new long[] {1}));
    return e.operation("OneHot", wrapped(e, 0, depth), e.number(depth), on, off)
        .setAttr("axis", axis)
        .build()
        .output(0);
  }
}
