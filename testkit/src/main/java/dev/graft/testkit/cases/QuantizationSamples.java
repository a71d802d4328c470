package dev.graft.testkit.cases;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;

/** Nodes of linear quantisation, and dropout that drops nothing. */
final class QuantizationSamples {
  private QuantizationSamples() {}

  static void addTo(Catalogue c) {
    c.add(
        1,
        d ->
            Sample.of("QuantizeLinear", d.reals(3, 4))
                .constants(HostTensor.scalar(0.013f), d.integers(DType.UINT8, 120, 130))
                .notSmooth());
    c.add(
        1,
        d ->
            Sample.of("QuantizeLinear", d.reals(3, 4))
                .constants(d.reals(0.01, 0.02, 4), d.integers(DType.INT8, -3, 3, 4))
                .with("axis", 1)
                .notSmooth());
    c.add(
        1,
        d ->
            Sample.of("DequantizeLinear", d.integers(DType.UINT8, 0, 255, 3, 4))
                .constants(HostTensor.scalar(0.05f), d.integers(DType.UINT8, 120, 130)));
    c.add(
        1,
        d ->
            Sample.of("DequantizeLinear", d.integers(DType.INT8, -128, 127, 3, 4))
                .constants(d.reals(0.01, 0.02, 3), d.integers(DType.INT8, -3, 3, 3))
                .with("axis", 0));
    c.add(
        1,
        d ->
            Sample.of(
                    "DequantizeLinear",
                    d.integers(DType.INT8, -128, 127, 3, 4),
                    d.reals(0.01, 0.02, 4))
                .with("axis", 1));
    c.add(1, d -> Sample.of("DynamicQuantizeLinear", d.reals(3, 5)).outputs(3).notSmooth());
    c.add(
        1,
        d ->
            Sample.of(
                    "MatMulInteger",
                    d.integers(DType.UINT8, 0, 255, 2, 3),
                    d.integers(DType.INT8, -128, 127, 3, 4))
                .constants(d.integers(DType.UINT8, 100, 120)));
    c.add(
        1,
        d ->
            Sample.of("QLinearMatMul", d.integers(DType.UINT8, 0, 255, 2, 3))
                .constants(
                    HostTensor.scalar(0.01f),
                    d.integers(DType.UINT8, 120, 130),
                    d.integers(DType.UINT8, 0, 255, 3, 4),
                    HostTensor.scalar(0.02f),
                    d.integers(DType.UINT8, 120, 130),
                    HostTensor.scalar(0.03f),
                    d.integers(DType.UINT8, 120, 130)));
    c.add(1, d -> Sample.of("Dropout", d.reals(3, 4)).outputs(2));
  }
}
