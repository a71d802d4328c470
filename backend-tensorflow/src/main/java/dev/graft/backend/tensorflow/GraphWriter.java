package dev.graft.backend.tensorflow;

import dev.graft.graph.Graph;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.Tensor;

/**
 * A graph with fixed shapes on its way to TensorFlow.
 *
 * <p>TensorFlow's convolutions on a CPU are faster with the channels innermost. A value is kept in
 * the order in which it was computed, in rows or channels last, and brought into the other only
 * where somebody asks for it; so chains of convolutions, normalisations and activations stay as
 * they are, and elements move at the borders only.
 */
final class GraphWriter {
  private final org.tensorflow.Graph target;
  private final Graph source;
  private final Map<String, HostTensor> known;
  private final String device;

  /** The values by name, in rows and with the channels innermost. */
  private final Map<String, Output<?>> rows = new HashMap<>();

  private final Map<String, Output<?>> channelsLast = new HashMap<>();
  private final Map<String, Output<?>> kernels = new HashMap<>();
  private final Map<HostTensor, Output<?>> constants = new HashMap<>();
  private int counter;

  /**
   * @param known values of inputs that are compiled in
   * @param device TensorFlow's name of the device
   */
  GraphWriter(
      org.tensorflow.Graph target, Graph source, Map<String, HostTensor> known, String device) {
    this.target = target;
    this.source = source;
    this.known = known;
    this.device = device;
  }

  Graph source() {
    return source;
  }

  // --- operations

  /** An operation of any kind; the caller adds attributes and builds it. */
  GraphOperationBuilder operation(String kind, Output<?>... inputs) {
    counter++;
    GraphOperationBuilder operation = target.opBuilder(kind, "n" + counter, target.baseScope());
    operation.setDevice(device);
    for (Output<?> input : inputs) {
      operation.addInput(input);
    }
    return operation;
  }

  /** A placeholder that is fed tensors in the carrier of the type. */
  Output<?> placeholder(TensorType type) {
    DType carrier = TensorFlowTypes.carrier(type.dtype());
    GraphOperationBuilder operation =
        operation("Placeholder").setAttr("dtype", TensorFlowTypes.of(carrier));
    if (type.shape().isStatic()) {
      operation.setAttr("shape", org.tensorflow.ndarray.Shape.of(type.shape().sizes()));
    }
    return operation.build().output(0);
  }

  /** A value converted to another type. */
  Output<?> cast(Output<?> value, DType to) {
    if (dtype(value) == to) {
      return value;
    }
    return operation("Cast", value).setAttr("DstT", TensorFlowTypes.of(to)).build().output(0);
  }

  static DType dtype(Output<?> value) {
    return TensorFlowTypes.dtype(value.dataType());
  }

  /** A constant. Equal ones are written once. */
  Output<?> constant(HostTensor value) {
    Output<?> written = constants.get(value);
    if (written == null) {
      written = write(value);
      constants.put(value, written);
    }
    return written;
  }

  private Output<?> write(HostTensor value) {
    try (Tensor copy = NativeTensors.upload(value)) {
      Output<?> carried =
          operation("Const")
              .setAttr("dtype", copy.dataType())
              .setAttr("value", copy)
              .build()
              .output(0);
      return cast(carried, value.dtype());
    }
  }

  /** A vector of 32-bit integers, as TensorFlow wants shapes and axes. */
  Output<?> ints(long... values) {
    return constant(
        HostTensor.of(Arrays.stream(values).mapToInt(Math::toIntExact).toArray(), values.length));
  }

  Output<?> transpose(Output<?> value, long... perm) {
    return operation("Transpose", value, ints(perm)).build().output(0);
  }

  Output<?> reshape(Output<?> value, long... sizes) {
    return operation("Reshape", value, ints(sizes)).build().output(0);
  }

  // --- values of the graph

  /** The value that is known while compiling, or null. */
  @Nullable HostTensor known(String name) {
    HostTensor constant = source.constants().get(name);
    return constant == null ? known.get(name) : constant;
  }

  void setRows(String name, Output<?> value) {
    rows.put(name, value);
  }

  void setChannelsLast(String name, Output<?> value) {
    channelsLast.put(name, value);
  }

  /** Whether a value has been computed with the channels innermost, and in rows only from that. */
  boolean prefersChannelsLast(String name) {
    return channelsLast.containsKey(name) && preferred.getOrDefault(name, true);
  }

  /** Remembers in which order a value was computed first. */
  private final Map<String, Boolean> preferred = new HashMap<>();

  /** A value in rows, the order of the graph. */
  Output<?> rows(String name) {
    Output<?> value = rows.get(name);
    if (value != null) {
      return value;
    }
    HostTensor constant = known(name);
    if (constant != null) {
      value = constant(constant);
    } else {
      value = moved(channelsLast.get(name), outermost(sizes(name)), toRows(sizes(name).length));
    }
    rows.put(name, value);
    return value;
  }

  /** A value with its axis 1 moved to the end. */
  Output<?> channelsLast(String name) {
    Output<?> value = channelsLast.get(name);
    if (value != null) {
      return value;
    }
    long[] sizes = sizes(name);
    HostTensor constant = known(name);
    value =
        constant != null
            ? constant(permuted(constant, toChannelsLast(sizes.length)))
            : moved(rows.get(name), sizes, toChannelsLast(sizes.length));
    channelsLast.put(name, value);
    preferred.put(name, false);
    return value;
  }

  /** A convolution's kernel, given as (out, in, window...), as (window..., in, out). */
  Output<?> kernel(String name) {
    return kernels.computeIfAbsent(
        name,
        n -> {
          int rank = source.type(n).rank();
          long[] perm = new long[rank];
          for (int i = 0; i < rank - 2; i++) {
            perm[i] = i + 2;
          }
          perm[rank - 2] = 1;
          perm[rank - 1] = 0;
          return permuted(n, perm);
        });
  }

  /** A value in rows with its axes in another order, on the host where it is known. */
  Output<?> permuted(String name, long... perm) {
    HostTensor constant = known(name);
    return constant != null
        ? constant(permuted(constant, perm))
        : moved(rows(name), sizes(name), perm);
  }

  private long[] sizes(String name) {
    return source.type(name).shape().sizes();
  }

  /** The sizes of a value with its channels innermost. */
  static long[] outermost(long[] sizes) {
    return permute(sizes, toChannelsLast(sizes.length));
  }

  static long[] toChannelsLast(int rank) {
    long[] perm = new long[rank];
    Arrays.setAll(perm, i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1);
    return perm;
  }

  static long[] toRows(int rank) {
    long[] perm = new long[rank];
    Arrays.setAll(perm, i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1);
    return perm;
  }

  private static long[] permute(long[] sizes, long[] perm) {
    return Arrays.stream(perm).map(p -> sizes[(int) p]).toArray();
  }

  /** A transposition, or only a new shape where nothing moves but axes of size one. */
  Output<?> moved(Output<?> value, long[] sizes, long[] perm) {
    List<Long> order = new ArrayList<>();
    for (long p : perm) {
      if (sizes[(int) p] != 1) {
        order.add(p);
      }
    }
    boolean stays = order.equals(order.stream().sorted().toList());
    return stays ? reshape(value, permute(sizes, perm)) : transpose(value, perm);
  }

  private static HostTensor permuted(HostTensor tensor, long[] perm) {
    long[] sizes = tensor.shape().sizes();
    long[] target = permute(sizes, perm);
    int rank = sizes.length;
    int[] strides = new int[rank];
    int stride = 1;
    for (int i = rank - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.toIntExact(sizes[i]);
    }
    int[] sources = new int[tensor.size()];
    int[] at = new int[rank];
    int offset = 0;
    for (int k = 0; k < sources.length; k++) {
      sources[k] = offset;
      for (int i = rank - 1; i >= 0; i--) {
        at[i]++;
        offset += strides[(int) perm[i]];
        if (at[i] < target[i]) {
          break;
        }
        offset -= at[i] * strides[(int) perm[i]];
        at[i] = 0;
      }
    }
    TensorType type = TensorType.of(tensor.dtype(), target);
    return tensor.dtype().isFloating()
        ? HostTensor.fromDoubles(type, k -> tensor.getDouble(sources[k]))
        : HostTensor.fromLongs(type, k -> tensor.getLong(sources[k]));
  }
}
