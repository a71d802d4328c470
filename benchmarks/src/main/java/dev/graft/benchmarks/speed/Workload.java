package dev.graft.benchmarks.speed;

import dev.graft.data.ClassLabels;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.graph.edit.Initialization;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.Optimizer;
import dev.graft.train.TrainingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A network with the batch and the optimizer that its speed is measured with. */
public enum Workload {
  MLP("MLP 784-512-512-10", 64, Optimizer.SGD),
  RESNET20("ResNet-20, 3x32x32", 64, Optimizer.SGD),
  MOBILENETV2("MobileNetV2 0.35, 3x96x96", 32, Optimizer.SGD),
  MINILM("MiniLM shape, 32 tokens", 16, Optimizer.ADAMW);

  /** Every chance of a workload comes from here, so that all backends compute the same. */
  private static final Seed SEED = new Seed(20_260_103);

  private static final int CLASSES = 10;
  private static final int VOCABULARY = 30522;

  private final String title;
  private final int batch;
  private final Optimizer optimizer;

  Workload(String title, int batch, Optimizer optimizer) {
    this.title = title;
    this.batch = batch;
    this.optimizer = optimizer;
  }

  /** For reports. */
  public String title() {
    return title;
  }

  /** The name on command lines: lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Examples of a training step. */
  public int batch() {
    return batch;
  }

  GraphModel model() {
    Graph graph =
        switch (this) {
          case MLP -> Networks.mlp();
          case RESNET20 -> Networks.resnet20();
          case MOBILENETV2 -> Networks.mobilenetV2();
          case MINILM -> Networks.miniLm();
        };
    return new GraphModel(graph, Initialization.all(graph, SEED));
  }

  /** Everything that a gradient may change, or the last layer alone. */
  static Set<String> trainable(GraphModel model, boolean headOnly) {
    return Parameters.of(model.graph()).trainable().stream()
        .filter(name -> !headOnly || name.startsWith(Networks.HEAD))
        .collect(Collectors.toSet());
  }

  TrainingSettings settings() {
    return TrainingSettings.DEFAULT
        .withBatchSize(batch)
        .optimization(
            o -> o.withRule(optimizer).withMomentum(0.9).withNesterov(false).withClipNorm(0))
        .regularization(r -> r.withWeightDecay(optimizer == Optimizer.SGD ? 0 : 0.01));
  }

  /**
   * Small enough that the losses of the first steps can be compared: the gradients of the deep one
   * are steep at the start, and with a larger rate rounding decides where it goes.
   */
  double rate() {
    return this == MLP || this == RESNET20 ? 0.01 : 1e-4;
  }

  /** Random inputs: normal numbers, or tokens. */
  HostTensor inputs(GraphModel model, int examples) {
    GraphInput input = model.graph().inputs(Role.BATCH).get(0);
    TensorType type = input.type().withShape(input.type().shape().with(0, Dim.of(examples)));
    Seed seed = SEED.derive("inputs");
    return type.dtype() == DType.INT64
        ? HostTensor.fromLongs(type, i -> (long) (seed.uniform(i) * VOCABULARY))
        : HostTensor.fromDoubles(type, seed::gaussian);
  }

  ClassLabels labels() {
    List<String> classes = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
    int[] labels = new int[batch];
    Arrays.setAll(labels, i -> i % CLASSES);
    return new ClassLabels(classes, labels);
  }
}
