package dev.graft.benchmarks.tables;

import dev.graft.data.Labeled;
import dev.graft.data.TensorSample;
import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/**
 * Two hidden layers of 64 units for the columns of a table, which are standardised inside the
 * network, by the rows of the group that it is first trained on.
 */
final class TableNetwork {
  static final String INPUT = "input";

  /** The value on which heads go: {@code [batch, 64]}. */
  static final String FEATURES = "features";

  private static final int HIDDEN = 64;

  private TableNetwork() {}

  static Graph graph(Labeled<?> source) {
    float[][] columns = standardisation(source);
    int width = columns[0].length;
    GraphBuilder g = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(width)));
    Value x = g.input(INPUT, new TensorType(DType.FLOAT32, shape));
    Value mean = g.constant(HostTensor.of(columns[0], width));
    Value deviation = g.constant(HostTensor.of(columns[1], width));
    Value first = layer(g, x.sub(mean).div(deviation), "hidden1", HIDDEN, width).op("Relu");
    Value second = layer(g, first, "hidden2", HIDDEN, HIDDEN).op("Relu");
    g.output(layer(g, g.identity(second, FEATURES), "last", 1, HIDDEN), "number");
    return g.build();
  }

  private static Value layer(GraphBuilder g, Value x, String name, int out, int in) {
    Value w = g.parameter(name + ".weight", TensorType.of(DType.FLOAT32, out, in));
    Value b = g.parameter(name + ".bias", TensorType.of(DType.FLOAT32, out));
    return g.op("Gemm", Attributes.of("transB", 1), x, w, b);
  }

  /** Mean and deviation of each column; 1 for one that does not vary. */
  private static float[][] standardisation(Labeled<?> source) {
    int n = source.size();
    int width = ((TensorSample) source.examples().sample(0)).values().size();
    double[] sum = new double[width];
    double[] squares = new double[width];
    for (int i = 0; i < n; i++) {
      HostTensor row = ((TensorSample) source.examples().sample(i)).values();
      for (int j = 0; j < width; j++) {
        sum[j] += row.getDouble(j) / n;
        squares[j] += row.getDouble(j) * row.getDouble(j) / n;
      }
    }
    float[][] columns = new float[2][width];
    for (int j = 0; j < width; j++) {
      double variance = squares[j] - sum[j] * sum[j];
      columns[0][j] = (float) sum[j];
      columns[1][j] = variance > 1e-9 ? (float) Math.sqrt(variance) : 1;
    }
    return columns;
  }
}
