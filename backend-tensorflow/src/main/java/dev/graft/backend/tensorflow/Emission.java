package dev.graft.backend.tensorflow;

import dev.graft.backend.NodeView;
import dev.graft.graph.Node;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;

/**
 * One node of a graph with fixed shapes, on its way to TensorFlow: what an operator's translation
 * asks for, and the operations it adds.
 */
final class Emission extends NodeView {
  private final GraphWriter writer;

  /** Whether this node's translation sees its values with the channels innermost. */
  private boolean channelsLast;

  Emission(GraphWriter writer, Node node) {
    super(writer.source(), node);
    this.writer = writer;
  }

  /** The value of an input that is constant or compiled in, or null. */
  @Nullable HostTensor known(int i) {
    return has(i) ? writer.known(node.inputs().get(i)) : null;
  }

  // --- layouts

  /** Whether an input has been computed with its channels innermost. */
  boolean prefersChannelsLast(int i) {
    return has(i) && type(i).rank() > 2 && writer.prefersChannelsLast(node.inputs().get(i));
  }

  /** Translates the node with all values of the output's rank in channels-last order. */
  void useChannelsLast() {
    channelsLast = true;
  }

  boolean isChannelsLast() {
    return channelsLast;
  }

  /** Where an axis of the graph's order is in the order of this translation. */
  long place(long axis, int rank) {
    return channelsLast ? GraphWriter.toRows(rank)[(int) axis] : axis;
  }

  // --- operations

  /** Input {@code i} in the order of this translation. */
  Output<?> in(int i) {
    return channelsLast ? aligned(i) : rows(i);
  }

  Output<?> rows(int i) {
    return writer.rows(node.inputs().get(i));
  }

  Output<?> channelsLast(int i) {
    return writer.channelsLast(node.inputs().get(i));
  }

  Output<?> kernel(int i) {
    return writer.kernel(node.inputs().get(i));
  }

  Output<?> permuted(int i, long... perm) {
    return writer.permuted(node.inputs().get(i), perm);
  }

  /** An input that broadcasts against channels-last values as it does against those in rows. */
  private Output<?> aligned(int i) {
    int rank = outputType(0).rank();
    if (type(i).rank() == rank) {
      return channelsLast(i);
    }
    if (type(i).shape().elements() == 1) {
      return writer.reshape(rows(i));
    }
    long[] sizes = new long[rank];
    Arrays.fill(sizes, 1);
    System.arraycopy(sizes(i), 0, sizes, rank - type(i).rank(), type(i).rank());
    Output<?> full = writer.reshape(rows(i), sizes);
    return writer.moved(full, sizes, GraphWriter.toChannelsLast(rank));
  }

  List<Output<?>> all() {
    return IntStream.range(0, inputs()).<Output<?>>mapToObj(this::in).toList();
  }

  /** Gives output {@code i} its value, in the order of this translation. */
  void out(int i, Output<?> value) {
    if (wants(i)) {
      if (channelsLast) {
        outChannelsLast(i, value);
      } else {
        writer.setRows(node.outputs().get(i), typed(i, value));
      }
    }
  }

  void outRows(int i, Output<?> value) {
    if (wants(i)) {
      writer.setRows(node.outputs().get(i), typed(i, value));
    }
  }

  void outChannelsLast(int i, Output<?> value) {
    if (wants(i)) {
      writer.setChannelsLast(node.outputs().get(i), typed(i, value));
    }
  }

  private Output<?> typed(int i, Output<?> value) {
    return writer.cast(value, outputType(i).dtype());
  }

  /** An operation with attributes, which the caller sets and builds. */
  GraphOperationBuilder operation(String kind, Output<?>... inputs) {
    return writer.operation(kind, inputs);
  }

  /**
   * An operation without attributes, whose tensors all have the type of the first. Where TensorFlow
   * has no kernel for that type it is computed in a wider one.
   */
  Output<?> call(String kind, Output<?>... inputs) {
    DType given = GraphWriter.dtype(inputs[0]);
    DType computed = computed(kind, given);
    if (computed == given) {
      return operation(kind, inputs).build().output(0);
    }
    Output<?>[] wide = inputs.clone();
    Arrays.setAll(
        wide, i -> GraphWriter.dtype(inputs[i]) == given ? cast(inputs[i], computed) : inputs[i]);
    Output<?> result = operation(kind, wide).build().output(0);
    return GraphWriter.dtype(result) == computed ? cast(result, given) : result;
  }

  /** The type in which an operation on a type is computed. */
  static DType computed(String kind, DType given) {
    if (Kernels.has(kind, given)) {
      return given;
    }
    return TensorFlowTypes.wider(given).stream()
        .filter(wider -> Kernels.has(kind, wider))
        .findFirst()
        .orElse(given);
  }

  Output<?> cast(Output<?> value, DType to) {
    return writer.cast(value, to);
  }

  Output<?> reshape(Output<?> value, long... sizes) {
    return writer.reshape(value, sizes);
  }

  Output<?> transpose(Output<?> value, long... perm) {
    return writer.transpose(value, perm);
  }

  /** A transposition, or only a new shape where nothing moves. */
  Output<?> moved(Output<?> value, long[] sizes, long[] perm) {
    return writer.moved(value, sizes, perm);
  }

  Output<?> constant(HostTensor value) {
    return writer.constant(value);
  }

  /** A vector of 32-bit integers. */
  Output<?> ints(long... values) {
    return writer.ints(values);
  }

  /** A 32-bit integer. */
  Output<?> number(int value) {
    return writer.constant(HostTensor.of(new int[] {value}));
  }

  /** A number of the same type as another value. */
  Output<?> number(Output<?> like, double value) {
    return writer.constant(HostTensor.full(TensorType.of(GraphWriter.dtype(like)), value));
  }

  /** Values stacked along an axis. */
  Output<?> concat(int axis, List<Output<?>> values) {
    if (values.size() == 1) {
      return values.get(0);
    }
    return writer
        .operation("ConcatV2")
        .addInputList(values.toArray(Output<?>[]::new))
        .addInput(number(axis))
        .build()
        .output(0);
  }

  /** A part of a value: {@code sizes} elements from {@code begin} along each axis. */
  Output<?> slice(Output<?> value, long[] begin, long[] sizes) {
    return writer.operation("Slice", value, ints(begin), ints(sizes)).build().output(0);
  }
}
