package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.list;
import static dev.graft.backend.djl.Emission.reshape;
import static dev.graft.backend.djl.TorchOperators.constants;

import dev.graft.backend.NodeSignature;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gather, scatter, one-hot and their gradients. */
final class IndexingOperators {
  private IndexingOperators() {}

  static void register(TorchOperators rows) {
    rows.expression("Gather", IndexingOperators::gather);
    rows.expression("GatherGradient", IndexingOperators::gatherGradient);
    rows.expression(
        "GatherElements",
        e -> {
          int axis = e.axis("axis", 0);
          return call("gather", e.in(0), axis, wrapped(e, 1, e.sizes(0)[axis]));
        });
    rows.expression("ScatterElements", IndexingOperators::scatterElements);
    rows.expression("GatherND", IndexingOperators::gatherNd);
    rows.expression("ScatterND", IndexingOperators::scatterNd);
    rows.expression("OneHot", constants(1), IndexingOperators::oneHot);
    rows.expression(
        "Compress",
        IndexingOperators::unlessFlat,
        e -> {
          String chosen = call("flatten", call("nonzero", e.in(1)));
          return call("index_select", e.in(0), e.axis("axis", 0), chosen);
        });
  }

  private static @Nullable String unlessFlat(NodeSignature node) {
    return node.attributes().has("axis") ? null : "Compress without an axis";
  }

  /** The indices as 64-bit integers in which negative ones count from the front. */
  private static String wrapped(Emission e, int input, long size) {
    if (e.isConstant(input)) {
      HostTensor given = e.constant(input);
      return e.constant(
          HostTensor.fromLongs(
              given.type().withDType(DType.INT64), i -> Math.floorMod(given.getLong(i), size)));
    }
    return call("remainder", Emission.cast(e.in(input), DType.INT64), size);
  }

  private static String gather(Emission e) {
    int axis = e.axis("axis", 0);
    String indices = wrapped(e, 1, e.type(0).shape().dim(axis).size());
    if (e.type(1).rank() == 1) {
      return call("index_select", e.in(0), axis, indices);
    }
    return reshape(call("index_select", e.in(0), axis, reshape(indices, -1)), e.outputSizes(0));
  }

  private static String gatherGradient(Emission e) {
    long[] shape = e.outputSizes(0);
    int axis = e.outputType(0).shape().axis(e.attributes().i("axis", 0));
    String indices = wrapped(e, 1, shape[axis]);
    if (axis == 0 && shape.length == 2) {
      return call("embedding_dense_backward", e.in(0), indices, shape[0], -1, "False");
    }
    long[] merged = shape.clone();
    merged[axis] = -1;
    String zeros = call("zeros", list(shape), "dtype=" + Emission.dtype(e.dtype()));
    return call("index_add", zeros, axis, reshape(indices, -1), reshape(e.in(0), merged));
  }

  private static String scatterElements(Emission e) {
    int axis = e.axis("axis", 0);
    String indices = wrapped(e, 1, e.sizes(0)[axis]);
    return switch (e.attributes().s("reduction", "none")) {
      case "none" -> call("scatter", e.in(0), axis, indices, e.in(2));
      case "add" -> call("scatter_add", e.in(0), axis, indices, e.in(2));
      case "mul" -> scatterReduce(e.in(0), axis, indices, e.in(2), "prod");
      case "max" -> scatterReduce(e.in(0), axis, indices, e.in(2), "amax");
      default -> scatterReduce(e.in(0), axis, indices, e.in(2), "amin");
    };
  }

  private static String scatterReduce(
      String base, int axis, String indices, String updates, String how) {
    return call("scatter_reduce", base, axis, indices, updates, "\"" + how + "\"");
  }

  /** Rows of a flattened tensor: the linear position that each index tuple stands for. */
  private static String linear(Emission e, long[] data, int batchDims) {
    long[] shape = e.sizes(1);
    int depth = (int) shape[shape.length - 1];
    long tuples = 1;
    for (int i = batchDims; i < shape.length - 1; i++) {
      tuples *= shape[i];
    }
    long batches = product(data, 0, batchDims);
    String position = "";
    for (int i = 0; i < depth; i++) {
      long size = data[batchDims + i];
      long stride = product(data, batchDims + i + 1, batchDims + depth);
      String part =
          call(
              "remainder",
              call("select", Emission.cast(e.in(1), DType.INT64), shape.length - 1, i),
              size);
      String scaled = call("mul", part, stride);
      position = position.isEmpty() ? scaled : call("add", position, scaled);
    }
    String flat = reshape(position, batches, tuples);
    if (batchDims > 0) {
      long inner = product(data, batchDims, batchDims + depth);
      long[] offsets = new long[(int) batches];
      Arrays.setAll(offsets, i -> i * inner);
      flat = call("add", flat, reshape(e.constant(HostTensor.vector(offsets)), batches, 1));
    }
    return reshape(flat, -1);
  }

  private static long product(long[] sizes, int from, int to) {
    return Arrays.stream(sizes, from, to).reduce(1, (a, b) -> a * b);
  }

  private static String gatherNd(Emission e) {
    int batchDims = (int) e.attributes().i("batch_dims", 0);
    long[] data = e.sizes(0);
    int depth = (int) e.sizes(1)[e.type(1).rank() - 1];
    long rows = product(data, 0, batchDims + depth);
    long width = product(data, batchDims + depth, data.length);
    String table = reshape(e.in(0), rows, width);
    return reshape(call("index_select", table, 0, linear(e, data, batchDims)), e.outputSizes(0));
  }

  private static String scatterNd(Emission e) {
    long[] data = e.sizes(0);
    int depth = (int) e.sizes(1)[e.type(1).rank() - 1];
    long rows = product(data, 0, depth);
    long width = product(data, depth, data.length);
    String table = reshape(e.in(0), rows, width);
    String positions = e.let(linear(e, data, 0));
    String updates = reshape(e.in(2), -1, width);
    String reduction = e.attributes().s("reduction", "none");
    String result;
    if (reduction.equals("none")) {
      result = call("index_copy", table, 0, positions, updates);
    } else if (reduction.equals("add")) {
      result = call("index_add", table, 0, positions, updates);
    } else {
      String how = reduction.equals("mul") ? "prod" : reduction.equals("max") ? "amax" : "amin";
      String wide = call("expand", reshape(positions, -1, 1), list(-1, width));
      result = scatterReduce(table, 0, wide, updates, how);
    }
    return reshape(result, data);
  }

  private static String oneHot(Emission e) {
    long depth = (long) e.constant(1).getDouble(0);
    int rank = e.outputType(0).rank();
    int axis = (int) Math.floorMod(e.attributes().i("axis", -1), (long) rank);
    long[] steps = new long[(int) depth];
    Arrays.setAll(steps, i -> i);
    long[] classes = new long[rank];
    Arrays.fill(classes, 1);
    classes[axis] = depth;
    String index = Emission.cast(e.in(0), DType.INT64);
    // Indices outside [-depth, depth) match no class.
    String wrapped = call("where", call("lt", index, 0), call("add", index, depth), index);
    String hits =
        call("eq", call("unsqueeze", wrapped, axis), e.constant(HostTensor.of(steps, classes)));
    String off = call("select", e.in(2), 0, 0);
    String on = call("select", e.in(2), 0, 1);
    return call("where", hits, on, off);
  }
}
