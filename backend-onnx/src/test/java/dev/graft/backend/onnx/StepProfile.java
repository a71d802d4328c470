package dev.graft.backend.onnx;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.graph.edit.Heads;
import dev.graft.graph.edit.Initialization;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.onnx.OnnxFormat;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.CrossEntropy;
import dev.graft.train.Optimizer;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TrainingGraph;
import dev.graft.train.TrainingSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Times training steps of an ONNX file: {@code StepProfile FILE BATCH SIZE CLASSES [STEPS]}, or of
 * a text encoder if FILE is {@code transformer}. With {@code -Dgraft.onnx.profile=PREFIX} ONNX
 * Runtime writes the time of every kernel; with {@code -Dgraft.threads=1} this thread's own time is
 * all the work, whatever else the machine does; {@code -Dgraft.onnx.block=0} does without blocked
 * kernels.
 */
final class StepProfile {
  private StepProfile() {}

  public static void main(String[] args) throws Exception {
    int batch = Integer.parseInt(args[1]);
    int size = Integer.parseInt(args[2]);
    int classes = Integer.parseInt(args[3]);
    int steps = args.length > 4 ? Integer.parseInt(args[4]) : 30;
    boolean text = args[0].equals("transformer");
    GraphModel model =
        text
            ? TransformerEncoder.of(batch, size, new Seed(1))
            : new OnnxFormat().read(Path.of(args[0]));
    GraphInput input = model.graph().inputs(Role.BATCH).get(0);
    TensorType examples =
        text
            ? TensorType.of(DType.INT64, batch, size)
            : TensorType.of(DType.FLOAT32, batch, 3, size, size);
    Graph graph = model.graph();
    if (!graph.type(graph.outputs().get(0)).shape().dim(-1).is(classes)) {
      graph = Heads.append(graph, Heads.linear(classes), "logits");
    }
    model = new GraphModel(graph, Initialization.all(graph, new Seed(1)).with(model.parameters()));
    TrainingGraph training =
        TrainingGraph.of(
            model,
            Map.of(input.name(), examples),
            batch,
            CrossEntropy.of(classes),
            List.of(new ParameterGroup("all", Parameters.of(graph).trainable(), 1)),
            BatchNormPolicy.BATCH_STATISTICS,
            TrainingSettings.DEFAULT.optimization(
                o -> o.withRule(text ? Optimizer.ADAMW : Optimizer.SGD).withClipNorm(0)));
    Map<String, HostTensor> feeds = new LinkedHashMap<>();
    Random random = new Random(3);
    feeds.put(
        input.name(),
        text
            ? HostTensor.fromLongs(examples, i -> random.nextInt(30522))
            : HostTensor.fromDoubles(examples, i -> random.nextGaussian()));
    feeds.put(
        "target/distribution",
        HostTensor.fromDoubles(
            TensorType.of(DType.FLOAT32, batch, classes),
            i -> i % classes == (i / classes) % classes ? 1 : 0));
    feeds.put(
        TrainingGraph.WEIGHTS, HostTensor.full(TensorType.of(DType.FLOAT32, batch), 1.0 / batch));
    feeds.put(TrainingGraph.rate("all"), HostTensor.scalar(text ? 1e-4f : 0.01f));
    Integer block = Integer.getInteger("graft.onnx.block");
    BackendOptions options = new BackendOptions(Integer.getInteger("graft.threads", 2));
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (OnnxBackend backend =
            block == null
                ? new OnnxBackend(Device.CPU, options)
                : new OnnxBackend(Device.CPU, options, block);
        State state =
            backend.newState(
                model.parameters().with(training.slots()).filter(training.state()::contains))) {
      long begin = System.nanoTime();
      Program program =
          backend.compile(
              training.graph(), model.parameters(), CompileOptions.withState(training.state()));
      System.out.printf("compiled in %.0f ms%n", (System.nanoTime() - begin) / 1e6);
      double[] times = new double[steps];
      double[] cpu = new double[steps];
      for (int i = 0; i < steps; i++) {
        long start = System.nanoTime();
        long startCpu = threads.getCurrentThreadCpuTime();
        try (Fetches fetches = program.step(state, feeds)) {
          times[i] = (System.nanoTime() - start) / 1e6;
          cpu[i] = (threads.getCurrentThreadCpuTime() - startCpu) / 1e6;
          if (i < 5 || i == steps - 1) {
            System.out.println("loss " + fetches.host(TrainingGraph.LOSS).getDouble(0));
          }
        }
      }
      Arrays.sort(times);
      Arrays.sort(cpu);
      System.out.printf(
          "step: min %.1f, quartile %.1f, median %.1f ms; this thread's own time: min %.1f ms%n",
          times[0], times[steps / 4], times[steps / 2], cpu[0]);
    }
  }
}
