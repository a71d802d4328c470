package dev.graft.backend.onnx;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.CrossEntropy;
import dev.graft.train.Optimizer;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TrainingGraph;
import dev.graft.train.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Points inside and outside a circle, and a small perceptron that tells them apart. */
final class ToyProblem {
  static final int BATCH = 32;
  static final Set<String> PARAMETERS = Set.of("w1", "b1", "w2", "b2");
  private static final int HIDDEN = 16;
  private static final TensorType POINTS = TensorType.of(DType.FLOAT32, BATCH, 2);

  private ToyProblem() {}

  /** A perceptron with one hidden layer, from points to the logits of two classes. */
  static GraphModel perceptron() {
    GraphBuilder g = new GraphBuilder();
    Value hidden =
        g.op(
            "Relu",
            g.input("x", POINTS)
                .matmul(parameter(g, "w1", 2, HIDDEN))
                .add(parameter(g, "b1", HIDDEN)));
    g.output(hidden.matmul(parameter(g, "w2", HIDDEN, 2)).add(parameter(g, "b2", 2)), "logits");
    Graph graph = g.build();
    Random random = new Random(7);
    Map<String, HostTensor> values = new LinkedHashMap<>();
    graph
        .inputs(Role.STATE)
        .forEach(
            p ->
                values.put(
                    p.name(), HostTensor.fromDoubles(p.type(), i -> random.nextGaussian() * 0.5)));
    return new GraphModel(graph, ParameterStore.of(values));
  }

  private static Value parameter(GraphBuilder g, String name, long... shape) {
    return g.parameter(name, TensorType.of(DType.FLOAT32, shape));
  }

  /** A training step that moves the named parameters. */
  static TrainingGraph training(GraphModel model, Set<String> trainable) {
    return TrainingGraph.of(
        model,
        Map.of("x", POINTS),
        BATCH,
        CrossEntropy.of(2),
        List.of(new ParameterGroup("all", trainable, 1)),
        BatchNormPolicy.BATCH_STATISTICS,
        TrainingSettings.DEFAULT.optimization(o -> o.withRule(Optimizer.SGD).withClipNorm(0)));
  }

  /** The loss on a batch without any update. */
  static Graph evaluation(GraphModel model) {
    return TrainingGraph.evaluation(
        model, Map.of("x", POINTS), BATCH, CrossEntropy.of(2), Set.of());
  }

  /** Feeds of an evaluation: points drawn from a seed, with their classes. */
  static Map<String, HostTensor> examples(long seed) {
    Random random = new Random(seed);
    float[] points = new float[2 * BATCH];
    float[] classes = new float[2 * BATCH];
    for (int i = 0; i < BATCH; i++) {
      points[2 * i] = (float) random.nextGaussian();
      points[2 * i + 1] = (float) random.nextGaussian();
      boolean inside = Math.hypot(points[2 * i], points[2 * i + 1]) < 1.2;
      classes[2 * i + (inside ? 1 : 0)] = 1;
    }
    return Map.of(
        "x",
        HostTensor.of(points, BATCH, 2),
        "target/distribution",
        HostTensor.of(classes, BATCH, 2),
        TrainingGraph.WEIGHTS,
        HostTensor.full(TensorType.of(DType.FLOAT32, BATCH), 1.0 / BATCH));
  }

  /** Feeds of a training step. */
  static Map<String, HostTensor> step(long seed) {
    Map<String, HostTensor> feeds = new LinkedHashMap<>(examples(seed));
    feeds.put(TrainingGraph.rate("all"), HostTensor.scalar(0.3f));
    return feeds;
  }
}
