package dev.graft.backend.onnx;

import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;

/**
 * The shape under which a state's slot is kept: that of its update, so that an update is an output
 * as it is computed. Programs read slots in the parameters' own shapes, which costs nothing.
 *
 * @param block the channels in a block of the kernels for blocked tensors; 0 if there are none
 */
record SlotShape(int block) {
  /** From this number of elements on, an update is worth kernels of its own. */
  static final long LARGE = 1 << 15;

  private static final long MOST_ROWS = 256;
  private static final long FEWEST_ROWS = 8;

  /**
   * The type of the slot of a parameter: a vector, or for a large one a blocked tensor of many
   * rows, over which its update runs in parallel.
   */
  TensorType of(TensorType parameter) {
    if (!parameter.shape().isStatic()) {
      return parameter;
    }
    long n = parameter.shape().elements();
    long rows = isLarge(parameter) ? rows(n / block) : 0;
    return rows == 0
        ? TensorType.of(parameter.dtype(), n)
        : TensorType.of(parameter.dtype(), 1, block, rows, n / block / rows);
  }

  /** Whether the slot of a parameter is a blocked tensor. */
  boolean isBlocked(TensorType parameter) {
    return of(parameter).rank() == 4 && isLarge(parameter);
  }

  private boolean isLarge(TensorType parameter) {
    long n = parameter.shape().elements();
    return parameter.dtype() == DType.FLOAT32
        && block > 0
        && n >= LARGE
        && n % block == 0
        && rows(n / block) > 0;
  }

  /** The greatest number of rows that divides the positions; 0 if there is no good one. */
  private static long rows(long positions) {
    for (long rows = MOST_ROWS; rows >= FEWEST_ROWS; rows--) {
      if (positions % rows == 0) {
        return rows;
      }
    }
    return 0;
  }
}
