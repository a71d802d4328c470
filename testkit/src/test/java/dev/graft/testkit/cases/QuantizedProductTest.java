package dev.graft.testkit.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.graph.Graph;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.testkit.reference.ReferenceInterpreter;
import org.junit.jupiter.api.Test;

class QuantizedProductTest {
  @Test
  void aQuantizedProductIsTheRoundedProductOfWhatTheCodesMean() {
    Draw draw = new Draw(new Seed(4));
    HostTensor a = draw.integers(DType.UINT8, 0, 255, 3, 4);
    HostTensor b = draw.integers(DType.INT8, -128, 127, 4, 2);
    double[] rowScales = {0.01, 0.02, 0.03};
    HostTensor rowZeros = HostTensor.fromLongs(TensorType.of(DType.UINT8, 3), i -> 120 + i);
    Sample sample =
        Sample.of(
            "QLinearMatMul",
            a,
            HostTensor.of(rowScales, 3),
            rowZeros,
            b,
            HostTensor.of(new double[] {0.05}),
            HostTensor.full(TensorType.of(DType.INT8), -3),
            HostTensor.of(new double[] {0.04}),
            HostTensor.full(TensorType.of(DType.UINT8), 100));
    Graph graph = sample.graph();
    HostTensor y = ReferenceInterpreter.of(graph).run(sample.feeds()).get(graph.outputs().get(0));
    assertEquals(TensorType.of(DType.UINT8, 3, 2), y.type());
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 2; j++) {
        double sum = 0;
        for (int k = 0; k < 4; k++) {
          double left = (a.getLong(4 * i + k) - (120 + i)) * rowScales[i];
          sum += left * (b.getLong(2 * k + j) + 3) * 0.05;
        }
        double code = Math.max(0, Math.min(255, Math.rint(sum / 0.04) + 100));
        assertEquals(code, y.getDouble(2 * i + j), "row " + i + ", column " + j);
      }
    }
  }
}
