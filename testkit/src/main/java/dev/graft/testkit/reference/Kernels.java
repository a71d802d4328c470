package dev.graft.testkit.reference;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All kernels, by operator name. */
final class Kernels {
  private static final Map<String, Kernel> TABLE = new TreeMap<>();

  static {
    ElementwiseKernels.register(TABLE);
    ActivationKernels.register(TABLE);
    ReductionKernels.register(TABLE);
    ShapeKernels.register(TABLE);
    IndexingKernels.register(TABLE);
    LinearAlgebraKernels.register(TABLE);
    ConvolutionKernels.register(TABLE);
    PoolingKernels.register(TABLE);
    ResizeKernel.register(TABLE);
    GridSampleKernel.register(TABLE);
    NormalizationKernels.register(TABLE);
    RecurrentKernels.register(TABLE);
    AttentionKernel.register(TABLE);
    LossKernels.register(TABLE);
    QuantizationKernels.register(TABLE);
    RandomnessKernels.register(TABLE);
    UpdateKernels.register(TABLE);
  }

  private Kernels() {}

  /** The kernel of an operator, or null if it is evaluated by its decomposition. */
  static @Nullable Kernel get(String operator) {
    return TABLE.get(operator);
  }
}
